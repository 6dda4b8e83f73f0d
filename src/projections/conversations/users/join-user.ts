import type { TableName } from '../../engine/projection.js'
import type { UserRef } from '../views.js'

export interface UserRefRow {
  id: string
  name: string | null
  avatar_url: string | null
  /** Of a bot. */
  owner_id: string | null
}

export const toUserRef = ({ id, name, avatar_url, owner_id }: UserRefRow): UserRef => ({
  id,
  name,
  avatarUrl: avatar_url,
  isBot: owner_id !== null,
})

/** For shapes that name a bot's owner. */
export const toOwner = ({ owner_id }: Pick<UserRefRow, 'owner_id'>): { ownerId?: string } =>
  owner_id === null ? {} : { ownerId: owner_id }

/** For someone of whom the read model has nothing. */
export const namelessUser = (id: string): UserRef => ({ id, name: null, avatarUrl: null, isBot: false })

/**
 * Joins the user (`p`, or `as`) whose id is `userId`, if there is one: names are read when a list is read, so that a changed name shows
 * everywhere at once. `limit` changes nothing in the result, but keeps Postgres from reading all users to find a few: it believes that
 * hashing a small table is cheap, and does it for each row of what it joins to.
 */
export const joinUser = (table: TableName, userId: string, as = 'p'): string =>
  `left join lateral (select name, avatar_url, owner_id from ${table('users')} where id = ${userId} limit 1) ${as} on true`

/** The user as JSON of a UserRef; with no name and no avatar where there is none. */
export const userRefJson = (table: TableName, userId: string): string => `(
  select json_build_object('id', ${userId}, 'name', p.name, 'avatarUrl', p.avatar_url, 'isBot', p.owner_id is not null)
  from (select 1) one ${joinUser(table, userId)} where ${userId} is not null)`
