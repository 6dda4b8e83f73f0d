import type { IncomingMessage } from 'node:http'

/** JSON in UTF-8, by names for it that need no parsing. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/json; charset=utf-8'])

const BYTE_ORDER_MARK = '\uFEFF'

/** Whether a request has a body of known length, not above `maxBytes`, in plain JSON: nearly all that have one. */
export function hasPlainJson({ headers, destroyed, complete }: IncomingMessage, maxBytes: number): boolean {
  const length = Number(headers['content-length'] ?? 0)
  return (
    length > 0 &&
    length <= maxBytes &&
    PLAIN_TYPES.has(headers['content-type'] ?? '') &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    !(destroyed && !complete)
  )
}

/** The bytes of a body, as many as its length says: Node holds clients to that. Null where the client goes away before the end. */
export const readBytes = (req: IncomingMessage): Promise<Buffer | null> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.once('end', () => resolve(Buffer.concat(chunks)))
    req.once('close', () => resolve(null))
  })

/** An object or a list, as `express.json` reads it; null for all else. */
export function parseJson(bytes: Buffer): unknown {
  const decoded = bytes.toString()
  const text = decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
