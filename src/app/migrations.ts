import { auditMigrations } from '../audit/chain/migrations.js'
import { restoreMigrations } from '../backup/migrations.js'
import { snapshotMigrations } from '../commands/pipeline/migrations.js'
import type { Migration } from '../postgres/migrate.js'
import { erasureMigrations } from '../erasure/migrations.js'
import { logMigrations } from '../eventstore/postgres/migrations.js'
import { identityMigrations } from '../identity/migrations.js'
import { previewMigrations } from '../previews/migrations.js'
import { keyMigrations } from '../privacy/migrations.js'
import { projectionMigrations } from '../projections/engine/migrations.js'
import { retentionMigrations } from '../retention/migrations.js'
import { installationMigration } from './installation/migration.js'
import { webhookMigrations } from '../webhooks/migrations.js'

/** The main database: log, credentials, checkpoints, snapshots, followers. A projection makes its own tables. */
export const mainMigrations: readonly Migration[] = [
  ...logMigrations,
  ...identityMigrations,
  ...projectionMigrations,
  ...snapshotMigrations,
  ...previewMigrations,
  ...webhookMigrations,
  ...erasureMigrations,
  ...retentionMigrations,
  installationMigration,
  ...auditMigrations,
  ...restoreMigrations,
]

/** The key store, a database apart: never in the same backup file as the log. */
export const keysMigrations: readonly Migration[] = [...keyMigrations, installationMigration]
