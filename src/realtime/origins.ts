import type { IncomingMessage } from 'node:http'

export type AllowedOrigins = readonly (string | RegExp)[]

/**
 * Whether a handshake comes from where it may: browsers name the page's origin, others name none. CORS alone would not do, as it does
 * not hold for websockets.
 */
export function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: AllowedOrigins): boolean {
  if (origin === undefined) return true
  if (URL.canParse(origin) && new URL(origin).host === host) return true
  return allowed.some((each) => (typeof each === 'string' ? each === origin : each.test(origin)))
}
