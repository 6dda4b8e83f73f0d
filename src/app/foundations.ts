import type { KeyObject } from 'node:crypto'
import type { FailureReport } from '../async/outage.js'
import type { EventLog, NewEvent } from '../eventstore/event-log.js'
import { openPostgresEventLog } from '../eventstore/postgres/postgres-event-log.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import { BadMacError } from '../privacy/bad-mac-error.js'
import { createDataKeys, type DataKeys } from '../privacy/data-keys.js'
import { deriveMacKey } from '../privacy/event-mac.js'
import { INSTALLATION_KEY } from '../privacy/key-names.js'
import { createEventReader, type EventReader } from '../privacy/event-reader.js'
import { createEventSealer, type EventSealer } from '../privacy/event-sealer.js'
import { createLocalEventCache } from '../privacy/local-event-cache.js'
import { createProjectionList, type ProjectionList } from '../projections/projection-list.js'
import { refuseUnfinishedRestore } from './backup/refuse-unfinished-restore.js'
import { type CacheSizes, serverCacheSizes } from './cache-sizes.js'
import type { Config } from './config.js'
import { openDatabases, type Databases } from './databases.js'
import { logOpening } from './log-opening.js'
import type { Releases } from './release.js'

/** What it takes to read and write events. */
export interface Sealing {
  dataKeys: DataKeys
  reader: EventReader
  sealer: EventSealer
  /** From which the secrets of the installation are derived. */
  installationKey: KeyObject
}

/** The databases, the log, and what it takes to read and write its events. */
export interface Foundations extends Sealing {
  databases: Databases
  log: EventLog
  projections: ProjectionList
}

export interface FoundationOptions {
  print(line: string): void
  report: FailureReport
  clock: () => Date
  /** Those of a server by default. */
  sizes?: CacheSizes | undefined
  nodeSuffix?: string | undefined
  isRestoring?: boolean | undefined
}

export async function openFoundations(
  config: Config,
  options: FoundationOptions,
  releases: Releases,
): Promise<Foundations> {
  const { print, report, clock, sizes = serverCacheSizes, nodeSuffix, isRestoring = false } = options
  const databases = await openDatabases(config, print, releases, { nodeSuffix })
  if (!isRestoring) await refuseUnfinishedRestore(databases.main)
  const sealing = await openSealing(config, databases, report, sizes)
  const { reader, sealer } = sealing
  const log = releases.add(await openEventLog(config, databases, await logOpening(sealer, clock), report, sizes))
  return { ...sealing, databases, log, projections: createProjectionList(reader) }
}

export async function openSealing(
  config: Config,
  databases: Databases,
  report: FailureReport,
  sizes: CacheSizes,
): Promise<Sealing> {
  const { masterKey } = databases
  const acceptedKeys = config.masterKeysAccepted
  const dataKeys = createDataKeys({ pool: databases.keys, masterKey, acceptedKeys }, sizes.dataKeys)
  await dataKeys.check()
  const installationKey = await dataKeys.getOrCreate([INSTALLATION_KEY]).then((keys) => keys.get(INSTALLATION_KEY))
  if (installationKey === undefined) throw new Error('the key store did not return the key of the installation')
  const made = createLocalEventCache(sizes.ownEvents)
  const boxes = { dataKeys, made, maxBoxKeys: sizes.boxKeys }
  const sealer = createEventSealer({ ...boxes, masterKey })
  const reader = createEventReader({
    ...boxes,
    macKeys: [masterKey, ...acceptedKeys].map(deriveMacKey),
    onForged: (event) => report.onFailure('event-mac', new BadMacError(event)),
  })
  return { dataKeys, reader, sealer, installationKey }
}

/** The client of EventStoreDB is only loaded where it is used: it takes as long as all the rest of the log. */
async function openEventLog(
  { eventStoreUrl, eventStoreStreamPrefix: streamPrefix }: Config,
  { main: pool, mainUrl }: Databases,
  openingEvent: (logId: string) => NewEvent,
  report: FailureReport,
  { tail }: CacheSizes,
): Promise<EventLog> {
  if (eventStoreUrl === null)
    return openPostgresEventLog({ pool, connectionString: mainUrl, openingEvent, report, tail })
  const { openEventStoreDbEventLog } = await import('../eventstore/eventstoredb/eventstoredb-event-log.js')
  return openEventStoreDbEventLog({
    connectionString: eventStoreUrl,
    streamPrefix,
    openingEvent,
    report,
    tail,
    markStore: createFollowerPosition(pool, 'eventstoredb-head'),
  })
}
