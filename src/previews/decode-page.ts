import { decodeBuffer, getEncoding } from 'encoding-sniffer'

/** How far into a page its `meta` elements count. */
const MAX_SNIFFED = 1_024
const SCRIPT = /(<(script|style)\b[^>]*>)([\s\S]*?)(<\/\2|$)/gi

/**
 * A page as text, in the encoding that WHATWG's rules give: a byte order mark, else the header's charset, else a `meta` element in the
 * first 1,024 bytes that is not in a comment or script, else UTF-8. Unknown labels are ignored; bytes that do not fit become U+FFFD.
 */
export function decodePage(body: Buffer, contentType: string): string {
  const label = charsetIn(contentType)
  const encoding = getEncoding(withoutScripts(body.subarray(0, MAX_SNIFFED)), {
    defaultEncoding: 'utf-8',
    ...(label !== undefined && { transportLayerEncodingLabel: label }),
  })
  return decodeBuffer(body, { transportLayerEncodingLabel: encoding })
}

const charsetIn = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;]+))/i.exec(contentType)?.slice(1).find(Boolean)

/** In latin1 each byte is one character, so that all bytes outside of scripts stay as they are. */
const withoutScripts = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(SCRIPT, '$1$4'), 'latin1')
