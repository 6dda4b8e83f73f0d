import type { Knex } from 'knex'

/** Nothing in these tables is ever changed or removed, by nobody: neither their owner nor the application. */
const APPEND_ONLY = ['audit_chain', 'audit_tree', 'audit_checkpoints', 'audit_anchors']

export const auditMigrations = [
  {
    name: 'audit-1',
    async up(knex: Knex): Promise<void> {
      await knex.raw(`
        create table audit_chain (
          ordinal bigint primary key,
          stream text not null,
          version int not null,
          id uuid not null,
          type text not null,
          at text not null,
          data_digest bytea not null,
          metadata_digest bytea not null,
          hash bytea not null,
          is_authentic boolean not null
        );
        comment on table audit_chain is 'one row for each event of the log; docs/audit.md says what is hashed';
        comment on column audit_chain.is_authentic is 'whether the MAC of the event was right when it was read';
        create index audit_chain_forged on audit_chain (ordinal) where not is_authentic;
        create table audit_tree (
          last_leaf bigint not null,
          level int not null,
          hash bytea not null,
          primary key (last_leaf, level)
        );
        comment on table audit_tree is 'nodes of the Merkle tree over audit_chain, above its leaves: the complete subtrees';
        create table audit_checkpoints (
          ordinal bigint primary key,
          hash bytea not null,
          tree_head bytea not null,
          at text not null,
          kid text not null,
          signature bytea not null
        );
        comment on table audit_checkpoints is 'signed heads of chain and tree';
        create table audit_anchors (
          ordinal bigint not null references audit_checkpoints,
          target text not null,
          at text not null,
          proof bytea,
          primary key (ordinal, target)
        );
        comment on table audit_anchors is 'checkpoints that were stored outside';
        create function refuse_audit_change() returns trigger language plpgsql as $$
          begin
            raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'insufficient_privilege';
          end $$`)
      for (const table of APPEND_ONLY)
        await knex.raw(`
          create trigger append_only before update or delete or truncate on ${table}
          for each statement execute function refuse_audit_change()`)
    },
    async down(knex: Knex): Promise<void> {
      for (const table of APPEND_ONLY.toReversed()) await knex.schema.dropTable(table)
      await knex.raw('drop function refuse_audit_change()')
    },
  },
  {
    name: 'audit-2',
    async up(knex: Knex): Promise<void> {
      await knex.raw(`
        create table audit_verifications (
          id uuid primary key,
          status text not null default 'running' check (status in ('running', 'done', 'cancelled', 'failed')),
          started_at timestamptz not null default now(),
          changed_at timestamptz not null default now(),
          done bigint not null default 0,
          total bigint not null default 0,
          ok boolean,
          head json,
          signed_up_to int8,
          anchored_up_to int8,
          first_divergence json
        );
        create index on audit_verifications (started_at)`)
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('audit_verifications')
    },
  },
  {
    name: 'audit-3',
    async up(knex: Knex): Promise<void> {
      await knex.raw('create index audit_chain_streams on audit_chain (stream collate "C", version)')
    },
    async down(knex: Knex): Promise<void> {
      await knex.raw('drop index audit_chain_streams')
    },
  },
]
