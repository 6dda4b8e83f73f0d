import type { Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'

/**
 * Makes Parley's own tables in schema `analytics`.
 *
 * - `checkpoints`: of each generation of each projection, where its tables are (`schema`), which they are (`relations`, null before they are
 *   made), and up to where it is (`position`). A version of 0 stands for "that of the file, not read yet". A comparison is built for `diff`
 *   and dropped by it: no node runs it.
 * - `generations`: the last number of each projection, since none is used twice.
 * - `leases`: which node runs a projection; `stopped`: which ones none shall run; `comparisons`: what the last `diff` of each has found.
 */
export const prepareTables = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`
      select pg_advisory_xact_lock(hashtext('parley/analytics'));
      create table if not exists analytics.checkpoints (
        name text not null,
        version integer not null,
        generation integer not null,
        schema text not null,
        position text not null,
        relations text[],
        failure json,
        is_comparison boolean not null default false,
        primary key (name, generation)
      );
      create table if not exists analytics.generations (name text primary key, last integer not null);
      create table if not exists analytics.leases (
        name text primary key,
        node uuid not null,
        expires_at timestamptz not null
      );
      create table if not exists analytics.stopped (name text primary key);
      create table if not exists analytics.comparisons (
        name text primary key,
        differences json not null,
        at timestamptz not null
      )`)
  })
