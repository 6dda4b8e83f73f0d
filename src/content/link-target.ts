import { decode, encode } from 'mdurl'
import { asciiHost, displayedHost } from './displayed-host.js'

const LINKABLE = /^(?:https?:\/\/|mailto:)/i
/** Up to the host · user information · host · port. Browsers end a host at a backslash too. */
const WEB_HOST = /^(https?:\/\/)(?:[^/?#\\]*@)?(\[[^\]]*\]|[^/?#\\:@[\]]*)/i
const MAIL_HOST = /^(mailto:[^@?]*@)([^@?]*)/i
/** Characters that decoding must not bring into a link's text: invisible ones, controls of direction, and blanks. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Whether a target may be linked to: http, https or mailto, and without user information. */
export function isLinkable(target: string): boolean {
  if (!LINKABLE.test(target) || !URL.canParse(target)) return false
  const { username, password } = new URL(target)
  return username === '' && password === ''
}

/** Where a link leads: without user information, its host as it is looked up, the rest percent-encoded. */
export function linkTarget(url: string): string {
  const { start, host, rest } = split(url)
  return start + asciiHost(host) + encode(rest)
}

/** A link that is shown as itself: what it leads to, readable as far as that is unambiguous. */
export function linkText(url: string): string {
  const { start, host, rest } = split(url)
  const readable = decode(rest, `${decode.defaultChars}%`)
  return start + displayedHost(host) + readable.replace(INVISIBLE, encodeURIComponent)
}

function split(url: string): { start: string; host: string; rest: string } {
  const [whole = '', start = '', host = ''] = WEB_HOST.exec(url) ?? MAIL_HOST.exec(url) ?? []
  return { start, host, rest: url.slice(whole.length) }
}
