/** What may be logged of an error: a code. Messages of databases and mail servers may hold what was sent to them. */
export function errorCode(error: unknown): string {
  const { code, responseCode, name } = Object(error) as Record<'code' | 'responseCode' | 'name', unknown>
  const parts = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number')
  if (parts.length > 0) return parts.join(' ')
  return typeof name === 'string' ? name : 'unknown'
}
