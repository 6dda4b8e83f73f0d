/** A URL to which requests are allowed, before its name is resolved. */
export interface Target {
  url: URL
  /** A name, or an address without brackets. */
  host: string
  port: number
}

const PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/**
 * Http or https, on ports 80 or 443, without credentials. The parser of URLs has every odd spelling of an IPv4 address (decimal,
 * octal, hexadecimal, fewer parts, other digits) as its four parts. Null for all else.
 */
export function parseTarget(text: string, base?: string): Target | null {
  if (!URL.canParse(text, base)) return null
  const url = new URL(text, base)
  const port = url.port === '' ? PORTS[url.protocol] : Number(url.port)
  if (PORTS[url.protocol] === undefined || port === undefined || !Object.values(PORTS).includes(port)) return null
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null
  url.hash = ''
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port }
}
