import { UnavailableError } from '../async/unavailable-error.js'
import { LogMismatchError } from '../audit/chain/check-log.js'
import { BackupError } from '../backup/backup-error.js'
import { EventStoreUnreachableError } from '../eventstore/eventstoredb/event-store-unreachable-error.js'
import { EmbeddedPostgresError } from '../postgres/embedded/embedded-postgres-error.js'
import { KeyUnwrapError } from '../privacy/key-wrap.js'
import { ForeignCheckpointError } from '../projections/engine/open-projection.js'
import { ConfigError } from './config.js'
import { LogCopyError } from './log-copy/log-copy-error.js'
import { StartupError } from './startup-error.js'

export interface FailureReport {
  /** For the operator: what is wrong and what to do; a stack only for unexpected errors. */
  text: string
  exitCode: 1 | 2
}

export function explainFailure(error: unknown): FailureReport {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 }
  if (error instanceof ConfigError) return { text: error.message, exitCode: 2 }
  return { text: textOf(error), exitCode: 1 }
}

function textOf(error: Error): string {
  const { code, port, syscall } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `PORT: ${port ?? 'the port'} is taken: choose a free one`
  if (code === 'EADDRNOTAVAIL') return 'HOST: not an address of this machine: choose one that is'
  if (code === 'ENOTFOUND' && syscall === 'getaddrinfo') return `HOST: the name cannot be resolved (${error.message})`
  if (code === 'EACCES' && syscall === 'listen') return `PORT: ${port ?? 'it'} needs more rights: choose one above 1023`
  if (error instanceof KeyUnwrapError) return `MASTER_KEY: ${error.message}`
  if (error instanceof EmbeddedPostgresError) return `PARLEY_DATA_DIR: ${error.message}`
  if (EXPECTED.some((expected) => error instanceof expected)) return error.message
  if (error instanceof UnavailableError)
    return `A database or the event log is unavailable (${error.message}): start it, or wait until it is less busy, then run this again`
  return error.stack ?? error.message
}

/** Errors whose message is written for an operator. */
const EXPECTED = [
  StartupError,
  ForeignCheckpointError,
  EventStoreUnreachableError,
  LogCopyError,
  LogMismatchError,
  BackupError,
]
