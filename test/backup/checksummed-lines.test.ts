import { expect } from 'chai'
import { BackupError } from '../../src/backup/backup-error.js'
import { readLines, writeLines } from '../../src/backup/checksummed-lines.js'
import { rejectionOf } from '../contract/event-log-support.js'

const objects = [{ text: 'ünï ☃' }, { list: [1, 2] }, {}]

async function* of<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item)
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const written = async (): Promise<string> => (await collect(writeLines(of(objects)))).join('')

const read = (chunks: readonly (string | Uint8Array)[]): Promise<object[]> => collect(readLines(of(chunks), 'the file'))

describe('lines with a digest', () => {
  it('are read as they were written, wherever chunks end, also within a character', async () => {
    const bytes = Buffer.from(await written())
    for (const size of [1, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      expect(await read(chunks)).to.deep.equal(objects)
    }
  })

  it('are refused where one is altered, removed, or added, or the end is missing', async () => {
    const lines = (await written()).split('\n').slice(0, -1)
    const [first = '', second = '', third = '', end = ''] = lines
    const refused = [
      [first, '{"list":[1,3]}', third, end],
      [first, third, end],
      [first, second, third, third, end],
      [first, second, third],
      [first, second, third, end.slice(0, -5)],
      [],
    ]
    for (const some of refused) expect(await rejectionOf(read([some.join('\n')]))).to.be.instanceOf(BackupError)
  })
})
