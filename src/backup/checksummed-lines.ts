import { createHash } from 'node:crypto'
import { BackupError } from './backup-error.js'

/** Objects as lines of JSON, and a last line with their number and a digest of all before: `{lines, sha256}`. */
export async function* writeLines(objects: AsyncIterable<object>): AsyncGenerator<string> {
  const digest = createHash('sha256')
  let lines = 0
  for await (const object of objects) {
    const line = `${JSON.stringify(object)}\n`
    digest.update(line)
    lines++
    yield line
  }
  yield `${JSON.stringify({ lines, sha256: digest.digest('hex') })}\n`
}

/**
 * The objects of such lines, but for the last one.
 * @throws BackupError at the end, where something was altered or is missing: rely on nothing before
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>, file: string): AsyncGenerator<object> {
  const digest = createHash('sha256')
  let lines = 0
  let held: string | null = null
  for await (const line of splitLines(chunks)) {
    if (held !== null) {
      digest.update(`${held}\n`)
      lines++
      yield parse(held, file)
    }
    held = line
  }
  const end = parse(held ?? '', file) as { lines?: unknown; sha256?: unknown }
  if (end.sha256 === undefined) throw new BackupError(`${file} is incomplete: its last line is missing`)
  if (end.lines !== lines || end.sha256 !== digest.digest('hex'))
    throw new BackupError(`${file} is damaged: its content is not what was written (SHA-256)`)
}

function parse(line: string, file: string): object {
  try {
    const object: unknown = JSON.parse(line)
    if (typeof object === 'object' && object !== null) return object
  } catch {
    // named below
  }
  throw new BackupError(`${file} is damaged or incomplete: a line of it is no JSON`)
}

async function* splitLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of chunks) {
    const [first = '', ...more] = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split(
      '\n',
    )
    rest.push(first)
    for (const next of more) {
      yield rest.join('')
      rest = [next]
    }
  }
  const last = rest.join('')
  if (last !== '') yield last
}
