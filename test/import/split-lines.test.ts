import { expect } from 'chai'
import fc from 'fast-check'
import { splitLines, type SourceLine } from '../../src/import/split-lines.js'

async function linesOf(chunks: Buffer[], maxBytes?: number): Promise<SourceLine[]> {
  async function* each(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  }
  const lines: SourceLine[] = []
  for await (const line of splitLines(each(), maxBytes)) lines.push(line)
  return lines
}

describe('splitting lines', () => {
  it('returns the same lines for any chunks of the stream', () =>
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

  it('returns a last line without a line ending', async () => {
    expect(await linesOf([Buffer.from('one\ntwo')])).to.deep.equal(['one', 'two'])
  })

  it('keeps only the beginning of a line that is too long, and continues after it', async () => {
    expect(await linesOf([Buffer.from('aaaa'), Buffer.from('aaaa\nb\n')], 5)).to.deep.equal(['aaaaa', 'b'])
  })

  it('leaves out a byte order mark, and refuses UTF-16 as a whole', async () => {
    expect(await linesOf([Buffer.from('\ufeffone\n\ufefftwo\n')])).to.deep.equal(['one', '\ufefftwo'])
    for (const mark of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ]) {
      const error = await linesOf([Buffer.from([...mark, 0x61, 0x00, 0x0a])]).catch(String)
      expect(error).to.include('UTF-16')
    }
  })

  it('reports the first character of a line that is not UTF-8, and continues', async () => {
    const latin1 = Buffer.concat([Buffer.from('né '), Buffer.from('é\n', 'latin1'), Buffer.from('ok\n')])
    expect(await linesOf([latin1])).to.deep.equal([{ invalidAt: 4, byte: 0xe9 }, 'ok'])
    const cut = Buffer.from('😀a').subarray(0, 3)
    expect(await linesOf([cut])).to.deep.equal([{ invalidAt: 1, byte: 0xf0 }])
    expect(await linesOf([Buffer.from('a\ufffdb\n')])).to.deep.equal(['a\ufffdb'])
  })
})
