import type { BreakableProxy } from '../../support/breakable-proxy.js'
import type { OwnPostgres } from '../../support/own-postgres.js'
import { execute } from '../../support/test-database.js'
import { openSmallDisk, type SmallDisk } from '../../support/small-disk.js'
import type { Outage } from './outage.js'

/** As Parley reaches it: through the proxy. */
export interface PostgresServer {
  own: OwnPostgres
  proxy: BreakableProxy
  /** What its data is on; null where none may be mounted, and where only samples run. */
  disk: SmallDisk | null
}

const END_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'application'`

/** For new connections of the application, so the old ones are ended. */
async function configure(change: string, { own }: PostgresServer): Promise<void> {
  await execute(own.adminUrl, `alter role application in database parley ${change}`, END_CONNECTIONS)
}

async function limitConnections(count: number, { own }: PostgresServer): Promise<void> {
  await execute(own.adminUrl, `alter role application connection limit ${count}`, END_CONNECTIONS)
}

const TABLES = `select oid::regclass::text as name from pg_class
  where relkind in ('r', 'p') and relnamespace::regnamespace::text in ('public', 'read_models')`

/** What Postgres answers each write that needs more room than there is. */
const REFUSE = `create function no_room() returns trigger language plpgsql as $$ begin
  raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`

async function refuseWrites({ own }: PostgresServer): Promise<void> {
  const tables = await execute<{ name: string }>(own.adminUrl, TABLES)
  const triggers = tables.map(
    ({ name }) => `create trigger no_room before insert or update on ${name} execute function no_room()`,
  )
  await execute(own.adminUrl, REFUSE, ...triggers)
}

/** More than is left in the pages and files that are there. */
const TAKE_ROOM = 'create table taken as select repeat(n::text, 100) from generate_series(1, 100000) n'

async function fillDisk({ own, disk }: PostgresServer): Promise<void> {
  disk?.fill()
  const failed = await execute(own.adminUrl, TAKE_ROOM).then(
    () => false,
    () => true,
  )
  if (!failed) throw new Error('the disk is not full')
}

async function freeDisk({ own, disk }: PostgresServer): Promise<void> {
  await disk?.free()
  await own.start()
}

export const postgresOutages: Outage<PostgresServer>[] = [
  { way: 'is stopped', isSample: false, begin: ({ own }) => own.stop(), end: ({ own }) => own.start() },
  { way: 'crashes', isSample: true, begin: ({ own }) => own.crash(), end: ({ own }) => own.start() },
  {
    way: 'cannot be reached',
    isSample: false,
    begin: ({ proxy }) => proxy.cut(),
    end: ({ proxy }) => proxy.restore(),
  },
  { way: 'hangs', isSample: false, begin: ({ proxy }) => proxy.swallow(), end: ({ proxy }) => proxy.restore() },
  {
    way: 'is read-only',
    isSample: true,
    begin: (server) => configure('set default_transaction_read_only to on', server),
    end: (server) => configure('reset default_transaction_read_only', server),
  },
  {
    way: 'has no connection left',
    isSample: false,
    begin: (server) => limitConnections(0, server),
    end: (server) => limitConnections(-1, server),
  },
  {
    way: 'refuses writes for lack of room',
    isSample: false,
    begin: refuseWrites,
    end: ({ own }) => execute(own.adminUrl, 'drop function no_room cascade').then(() => undefined),
  },
]

/** A disk that is really full, on which Postgres may end itself. */
export const fullDisk: Outage<PostgresServer> = {
  way: 'has a full disk',
  isSample: false,
  begin: fillDisk,
  end: freeDisk,
}

/** With some room to start and to work: a new cluster takes 40 MB, and 16 MB for each segment of its log. */
const DISK_MB = 160

export const openPostgresDisk = (): Promise<SmallDisk | null> => openSmallDisk(DISK_MB)
