/** What an operator reads when something could not start or go on: plain words and what to do; a stack only for what nobody foresaw. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port, syscall } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `port ${port ?? '?'} is taken; set PORT to a free one`
  if (code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine; set HOST to one that is'
  if (code === 'EACCES' && syscall === 'listen')
    return `port ${port ?? '?'} needs more rights; set PORT to one above 1023`
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') {
    return `the database does not answer (${error.message}); is DATABASE_URL right, and is it running?`
  }
  if (code?.startsWith('28') === true)
    return `the database refuses the login (${error.message}); check user and password in DATABASE_URL`
  if (code === '3D000') return `${error.message}; create it, or correct DATABASE_URL`
  if (code?.startsWith('ERR_PARSE_ARGS') === true) return error.message
  return PLAIN.has(error.name) ? error.message : (error.stack ?? error.message)
}

/** Errors whose message is written for an operator. */
const PLAIN = new Set([
  'ConfigError',
  'UsageError',
  'ImportStopped',
  'EmbeddedPostgresError',
  'KeyUnwrapError',
  'ForeignCheckpointError',
  'EventStoreUnreachableError',
])
