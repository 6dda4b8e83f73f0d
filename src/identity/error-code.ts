/** What may be logged of an error: its code or class. Messages of databases and mail servers may contain what was sent to them. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const codes = [codeIn(error, 'code'), codeIn(error, 'responseCode')].filter((code) => code !== null)
  return codes.length > 0 ? codes.join(' ') : error.name
}

/** Postgres and Node put a `code` on their errors, a mail server's reply a `responseCode` as well. */
function codeIn(error: object, field: 'code' | 'responseCode'): string | number | null {
  const code = (error as { [Field in typeof field]?: unknown })[field]
  return typeof code === 'string' || typeof code === 'number' ? code : null
}
