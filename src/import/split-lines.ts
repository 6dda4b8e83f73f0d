const NEWLINE = 0x0a

/** The lines of a stream, without their ends. Of a line longer than `mostBytes` only the beginning is kept, so that memory is bounded. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  mostBytes = 1024 * 1024,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let length = 0

  function keep(part: Buffer): void {
    const room = mostBytes - length
    if (room > 0) parts.push(part.subarray(0, room))
    length += part.length
  }

  function take(): string {
    const line = Buffer.concat(parts).toString('utf8')
    parts = []
    length = 0
    return line
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
