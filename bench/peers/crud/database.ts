import pg from 'pg'

/** Of 6 to 64 tried, none gave a better rate at 32 and at 256 clients. */
const CONNECTIONS = 32

/** Numbers of messages stay far below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export type Database = pg.Pool

/** A pool on the database, with its tables. */
export async function openDatabase(connectionString: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS })
  await pool.query(schema)
  return pool
}

/**
 * A message's number is an identity of the whole table: it orders, and no row is shared by those who send. What one chat's history
 * and its unread count need lies together in the primary key.
 */
const schema = `
  create table if not exists users (
    id uuid primary key,
    email text not null unique,
    password_hash text not null,
    name text not null,
    avatar_url text
  );
  create table if not exists chats (
    id uuid primary key,
    name text,
    created_by uuid not null references users,
    created_at timestamptz not null default now()
  );
  create table if not exists memberships (
    chat_id uuid not null references chats,
    user_id uuid not null references users,
    role text not null,
    joined_at timestamptz not null default now(),
    read_seq bigint not null default 0,
    primary key (chat_id, user_id)
  ) with (fillfactor = 80);
  create index if not exists memberships_of_user on memberships (user_id);
  create table if not exists messages (
    chat_id uuid not null,
    seq bigint generated always as identity,
    sender_id uuid not null,
    client_message_id text,
    type text not null,
    content text not null,
    metadata json,
    created_at timestamptz not null default now(),
    primary key (chat_id, seq) include (sender_id)
  );
  create unique index if not exists messages_by_key on messages (sender_id, client_message_id) where client_message_id is not null;
  create table if not exists audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    event text not null,
    user_id uuid not null,
    chat_id uuid not null,
    message_seq bigint not null,
    ip text,
    user_agent text
  );`
