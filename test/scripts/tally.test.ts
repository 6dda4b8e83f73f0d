import { expect } from 'chai'

interface Tally {
  isPassed: boolean
  limitations: Record<string, number>
  addStep(name: string, isPassed: boolean, text?: string): void
  addFile(result: object, label?: string): void
  printSummary(): void
}

describe('the tally of a test run', () => {
  let createTally: (print: (text: string) => void) => Tally
  before(async () => {
    const script = new URL('../../../scripts/suite/tally.js', import.meta.url).href
    createTally = ((await import(script)) as { createTally: typeof createTally }).createTally
  })

  const result = (file: string, counts: object, lines: string[] = [], limitations = {}): object => ({
    file: `dist/test/${file}.test.js`,
    ...{ passed: 0, failed: 0, pending: 0, ms: 1_000, lines, limitations },
    ...counts,
  })

  function printed(fill: (tally: Tally) => void): { tally: Tally; text: string } {
    const texts: string[] = []
    const tally = createTally((text) => texts.push(text))
    fill(tally)
    tally.printSummary()
    return { tally, text: texts.join('\n') }
  }

  it('sums steps and files; the counts are the last line', () => {
    const { tally, text } = printed((tally) => {
      tally.addStep('build', true)
      tally.addFile(result('a', { passed: 3, pending: 1 }))
      tally.addFile(result('b', { passed: 2 }))
    })
    expect(text).to.match(/\n1 skipped\n\n6 passed, 0 failed$/)
    expect(tally.isPassed).to.equal(true)
  })

  it('shows every failure once more before the counts, with the file it is from', () => {
    const lines = [
      '  a title',
      '    1) fails',
      '',
      '  0 passing',
      '  1 failing',
      '',
      '  1) a title: expected 1 to equal 2',
    ]
    const { tally, text } = printed((tally) => {
      tally.addFile(result('a', { failed: 1 }, lines), ' on Node 20')
      tally.addStep('checks', false, 'FAILED lint')
    })
    const [, end] = text.split('== what failed')
    expect(end).to.include('test/a.test on Node 20').and.include('expected 1 to equal 2').and.include('FAILED lint')
    expect(end).not.to.include('1) fails')
    expect(end).to.match(/0 passed, 2 failed$/)
    expect(tally.isPassed).to.equal(false)
  })

  it('names the slowest files, the slowest first', () => {
    const { text } = printed((tally) => {
      tally.addFile(result('fast', { passed: 1, ms: 20 }))
      tally.addFile(result('slow', { passed: 1, ms: 61_000 }))
    })
    expect(text).to.match(/== slowest files\n +61\.0 s {2}test\/slow\.test\n +0\.0 s {2}test\/fast\.test/)
  })

  it('sums what the machine could not offer', () => {
    const { tally } = printed((tally) => {
      tally.addFile(result('a', { passed: 1 }, [], { redis: 2 }))
      tally.addFile(result('b', { passed: 1 }, [], { redis: 1, browser: 4 }))
    })
    expect(tally.limitations).to.deep.equal({ redis: 3, browser: 4 })
  })
})
