import type { Room, World } from './world.js'

/** Makes people and chats over REST, as clients would; the same calls for Parley and its peer. */

const AT_ONCE = 16
const PASSWORD = 'correct horse battery'

export async function makeWorld(url: string, people: number): Promise<World> {
  const register = async (place: number) => {
    const body = { email: `user${place}@example.com`, password: PASSWORD, name: `User ${place}` }
    const { user, accessToken } = await call<{ user: { id: string }; accessToken: string }>(
      url,
      'POST',
      '/auth/register',
      null,
      body,
    )
    return { id: user.id, token: accessToken }
  }
  return { url, people: await many(people, register) }
}

/** A chat of exactly these people; the first of them creates it. */
export async function makeRoom({ url, people }: World, name: string, members: number[]): Promise<Room> {
  const [creator, ...others] = members.map((member) => personAt(people, member))
  const body = { name, participantIds: others.map((user) => user.id) }
  const { id } = await call<{ id: string }>(url, 'POST', '/chats', creator?.token ?? null, body)
  return { id, members }
}

/** `count` chats of `size` people each, evenly spread. */
export const makeRooms = (world: World, count: number, size: number): Promise<Room[]> =>
  many(count, (room) => {
    const stride = 1 + Math.floor(room / world.people.length) * 2
    const members = Array.from({ length: size }, (_, member) => (room + member * stride) % world.people.length)
    return makeRoom(world, `Chat ${room}`, [...new Set(members)])
  })

/** Their members have read everything. */
export async function readAll({ url, people }: World, rooms: readonly Room[]): Promise<void> {
  const reads = rooms.flatMap(({ id, members }) => members.map((member) => ({ id, member })))
  await many(reads.length, async (place) => {
    const { id = '', member = -1 } = reads[place] ?? {}
    const { token } = personAt(people, member)
    const [latest] = (await call<{ seq: number }[]>(url, 'GET', `/chats/${id}/messages?limit=1`, token)).slice(-1)
    if (latest !== undefined) await call(url, 'PUT', `/chats/${id}/read`, token, { seq: latest.seq })
  })
}

function personAt(people: World['people'], place: number): World['people'][number] {
  const user = people[place]
  if (user === undefined) throw new Error(`there is no user ${place}`)
  return user
}

/** Some at a time, results in order. */
async function many<Result>(count: number, make: (place: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let place = next++; place < count; place = next++) results[place] = await make(place)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

export async function call<Answer>(
  url: string,
  method: string,
  path: string,
  token: string | null,
  body?: object,
): Promise<Answer> {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? null : JSON.parse(text)) as Answer
}
