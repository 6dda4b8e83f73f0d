import type { IncomingMessage } from 'node:http'

export type AllowedOrigins = readonly (string | RegExp)[]

/** Whether a handshake comes from an allowed origin; clients other than browsers send none. Browsers do not apply CORS to websockets. */
export function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: AllowedOrigins): boolean {
  if (origin === undefined) return true
  if (URL.canParse(origin) && new URL(origin).host === host) return true
  return allowed.some((each) => (typeof each === 'string' ? each === origin : each.test(origin)))
}
