/** Where checkpoints are stored outside of the databases. */
export interface AnchorTarget {
  kind: 'file' | 'webhook' | 'time-stamp'
  /** A path, or a URL. */
  location: string
  /** As it is stored and shown: without credentials and parameters. */
  name: string
}

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** Null where the text is no target: `file:/path`, `https://…`, or `tsa+https://…`; http is for this machine alone. */
export function parseAnchorTarget(text: string): AnchorTarget | null {
  const [, path] = /^file:(?:\/\/)?(\/.+)$/.exec(text) ?? []
  if (path !== undefined) return { kind: 'file', location: path, name: `file:${path}` }
  const isTimeStamp = text.startsWith('tsa+')
  const location = isTimeStamp ? text.slice('tsa+'.length) : text
  if (!URL.canParse(location)) return null
  const { protocol, host, hostname, pathname } = new URL(location)
  if (protocol !== 'https:' && !(protocol === 'http:' && LOCAL.test(hostname))) return null
  const name = `${isTimeStamp ? 'tsa+' : ''}${protocol}//${host}${pathname}`
  return { kind: isTimeStamp ? 'time-stamp' : 'webhook', location, name }
}
