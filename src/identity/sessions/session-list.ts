import type { Pool } from 'pg'
import { toInstant } from '../../domain/instant.js'
import { isUsable, usableValues } from './session-end.js'

export interface SessionView {
  id: string
  createdAt: string
  lastUsedAt: string
  ip: string
  userAgent: string
  current: boolean
}

export interface SessionPage {
  limit: number
  /** Where the page before ended. */
  after: string | null
}

export interface SessionsPaged {
  items: SessionView[]
  /** Cursor of the next page, null on the last. */
  next: string | null
}

interface Row {
  id: string
  created_at: Date
  last_used_at: Date
  ip: string
  agent: string
}

const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Cursors are the last use and the id of a page's last session. */
export function isSessionCursor(cursor: string): boolean {
  const [, lastUsedAt] = CURSOR.exec(cursor) ?? []
  return lastUsedAt !== undefined && toInstant(lastUsedAt) === lastUsedAt
}

/** Sessions that can still be refreshed, most recently used first. */
export async function listSessions(
  pool: Pool,
  userId: string,
  currentId: string | null,
  { limit, after }: SessionPage,
  now: Date,
): Promise<SessionsPaged> {
  const [, lastUsedAt = null, id = null] = CURSOR.exec(after ?? '') ?? []
  const { rows } = await pool.query<Row>(
    `select id, created_at, last_used_at, coalesce(ip, '') as ip, coalesce(user_agent, '') as agent
     from sessions where user_id = $1 and ${isUsable(2)}
       and ($4::timestamptz is null or last_used_at < $4 or (last_used_at = $4 and id > $5::uuid))
     order by last_used_at desc, id limit $6`,
    [userId, ...usableValues(now), lastUsedAt, id, limit + 1],
  )
  const items = rows.slice(0, limit).map((row) => toView(row, currentId))
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? `${last.lastUsedAt}_${last.id}` : null }
}

const toView = ({ id, created_at, last_used_at, ip, agent }: Row, currentId: string | null): SessionView => ({
  id,
  createdAt: created_at.toISOString(),
  lastUsedAt: last_used_at.toISOString(),
  ip,
  userAgent: agent,
  current: id === currentId,
})
