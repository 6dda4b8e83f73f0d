import type { Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'

/**
 * Makes Parley's own tables in schema `analytics_build`.
 *
 * - `checkpoints`: of each generation of each projection, in which schema its tables are, which they are (`relations`, null before they are
 *   made), up to where it is (`position`), and from when and where it was built without a pause. A version of 0 stands for "that of the file,
 *   not read yet". A comparison is built for `diff` and dropped by it: no node runs it.
 * - `generations`: the last number of each projection, since none is used twice; `builds` numbers the schemas.
 * - `leases`: which node runs a projection; `stopped`: which ones none shall run; `comparisons`: what the last `diff` of each has found;
 *   `files`: the version that each file had when a node last read it.
 */
export const prepareTables = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`
      select pg_advisory_xact_lock(hashtext('parley/analytics'));
      create sequence if not exists analytics_build.builds;
      create table if not exists analytics_build.checkpoints (
        name text not null,
        version integer not null,
        generation integer not null,
        schema text not null,
        position text not null,
        relations text[],
        failure json,
        is_comparison boolean not null default false,
        began_at timestamptz not null default now(),
        began_position text not null,
        primary key (name, generation)
      );
      create table if not exists analytics_build.generations (name text primary key, last integer not null);
      create table if not exists analytics_build.leases (
        name text primary key,
        node uuid not null,
        expires_at timestamptz not null
      );
      create table if not exists analytics_build.stopped (name text primary key);
      create table if not exists analytics_build.files (name text primary key, version integer not null);
      create table if not exists analytics_build.comparisons (
        name text primary key,
        differences json not null,
        at timestamptz not null
      )`)
  })
