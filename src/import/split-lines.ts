import { isUtf8 } from 'node:buffer'
import { ImportStopped } from './import-stopped.js'

/** A line of a source; one that is not UTF-8 gives the first character that is none, counted from 1, and its byte. */
export type SourceLine = string | { invalidAt: number; byte: number }

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]

/**
 * The lines of a stream, without their ends and without a byte order mark. Of a line longer than `maxBytes` only the beginning is kept,
 * so that memory is bounded.
 * @throws ImportStopped the stream is UTF-16
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes = 1024 * 1024,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<SourceLine> {
  let parts: Buffer[] = []
  let length = 0
  let isFirst = true

  function keep(part: Buffer): void {
    const room = maxBytes - length
    if (room > 0) parts.push(part.subarray(0, room))
    length += part.length
  }

  function take(): SourceLine {
    const bytes = Buffer.concat(parts)
    const line = isFirst ? withoutMark(bytes) : bytes
    const isCut = length > maxBytes
    isFirst = false
    parts = []
    length = 0
    return isCut ? line.toString('utf8') : decode(line)
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end))
      yield take()
      from = end + 1
    }
    keep(chunk.subarray(from))
    onBytes(chunk.length)
  }
  if (length > 0) yield take()
}

function withoutMark(bytes: Buffer): Buffer {
  if (UTF16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark)))
    throw new ImportStopped('The file is in UTF-16. Convert it to UTF-8 first')
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

function decode(bytes: Buffer): SourceLine {
  const text = bytes.toString('utf8')
  if (isUtf8(bytes)) return text
  const encoded = Buffer.from(text)
  const index = bytes.findIndex((byte, at) => byte !== encoded[at])
  return { invalidAt: Array.from(bytes.toString('utf8', 0, index)).length + 1, byte: bytes[index] ?? 0 }
}
