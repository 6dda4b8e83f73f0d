/** The rows of the main database that a backup holds, in the order in which they are restored. */
export interface BackupTable {
  table: string
  /** Encrypted, so that they are unreadable once the file of the keys is gone: they hold addresses, or hashes of secrets. */
  isSealed: boolean
}

export const backupTables: readonly BackupTable[] = [
  { table: 'credentials', isSealed: true },
  { table: 'sessions', isSealed: true },
  { table: 'invites', isSealed: true },
  { table: 'bots', isSealed: true },
  { table: 'bot_tokens', isSealed: true },
  { table: 'webhook_deliveries', isSealed: false },
  { table: 'link_preview_jobs', isSealed: false },
]

/** What else the main database has, and why it is not in the list above. */
export const otherTables: Readonly<Record<string, string>> = {
  events: 'in the backup as the log, whichever store keeps it',
  audit_chain: 'computed from the log',
  audit_tree: 'computed from the log',
  audit_checkpoints: 'in the backup, beside the events',
  audit_anchors: 'in the backup, beside the events',
  audit_verifications: 'results of the past',
  followers: 'in the backup, as ordinals',
  erasures: 'found in the log again',
  chat_retentions: 'found in the log again',
  projections: 'read models are made again',
  projection_generations: 'read models are made again',
  projection_leases: 'of running processes',
  snapshots: 'made again from the log',
  refresh_tokens: 'sessions end with a restore',
  mailed_tokens: 'links in mails end with a restore',
  installation: 'in the header',
  restores: 'of this database alone',
  knex_migrations: 'in the header',
  knex_migrations_lock: 'of running processes',
}
