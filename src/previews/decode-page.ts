/** How far into a page its own word on its encoding is looked for. */
const LOOKED_AT = 1_024

/** A page as text, by the encoding that its header names, or itself, or else as UTF-8; what does not fit is replaced. */
export function decodePage(body: Buffer, contentType: string): string {
  const inHeader = charsetIn(contentType)
  const label = inHeader ?? charsetIn(body.subarray(0, LOOKED_AT).toString('latin1')) ?? 'utf-8'
  return decodeAs(label, body) ?? body.toString('utf8')
}

const charsetIn = (text: string): string | undefined => /charset\s*=\s*["']?([\w.:-]+)/i.exec(text)?.[1]

/** Null for an encoding that nobody knows. */
function decodeAs(label: string, body: Buffer): string | null {
  try {
    return new TextDecoder(label).decode(body)
  } catch {
    return null
  }
}
