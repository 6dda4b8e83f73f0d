import { expect } from 'chai'
import fc from 'fast-check'
import { splitLines } from '../../src/import/split-lines.js'

async function linesOf(chunks: Buffer[], mostBytes?: number): Promise<string[]> {
  async function* each(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  }
  const lines: string[] = []
  for await (const line of splitLines(each(), mostBytes)) lines.push(line)
  return lines
}

describe('splitting lines', () => {
  it('gives the same lines however the stream is cut into chunks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n') && line.isWellFormed())),
        fc.integer({ min: 1, max: 7 }),
        async (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          )
          expect(await linesOf(chunks)).to.deep.equal(lines)
        },
      ),
    ))

  it('gives a last line without an end', async () => {
    expect(await linesOf([Buffer.from('one\ntwo')])).to.deep.equal(['one', 'two'])
  })

  it('keeps only the beginning of a line that is too long, and goes on after it', async () => {
    expect(await linesOf([Buffer.from('aaaa'), Buffer.from('aaaa\nb\n')], 5)).to.deep.equal(['aaaaa', 'b'])
  })
})
