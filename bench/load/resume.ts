import type { Room, World } from '../world/world.js'
import { openHttpConnection } from './http-connection.js'
import { getRequest } from './requests.js'
import { openSocket } from './socket-connection.js'

export interface Resume {
  world: World
  rooms: Room[]
  clients: number
  /** How many messages each has missed, in one of its chats. */
  missed: number
  /** By cursors in the handshake; or a socket first, and then the history over REST, where a server knows no cursors. */
  way: 'cursors' | 'history'
}

interface Place {
  token: string
  chatId: string
  /** Of every chat that the client knows, where it stopped. */
  cursors: Record<string, number>
  after: number
}

/** All clients come back at the same moment; gives the milliseconds until the last of them has everything. */
export async function resume({ world, rooms, clients, missed, way }: Resume): Promise<{ ms: number; frames: number }> {
  const { url, people } = world
  const places = await Promise.all(
    people.map((user, place) => placeOf(url, user.token, roomOf(rooms, place), missed, way)),
  )
  const cold = Array.from({ length: clients }, (_, client) => places[client % places.length])
  const connections = way === 'history' ? await Promise.all(cold.map(() => openHttpConnection(url))) : []
  let frames = 0

  const began = performance.now()
  const sockets = await Promise.all(
    cold.map(async (place, client) => {
      if (place === undefined) throw new Error('nobody to come back')
      const auth = { token: place.token, ...(way === 'cursors' ? { cursors: place.cursors } : {}) }
      const socket = await openSocket({ url, auth, onEvent: () => frames++ })
      const path = `/chats/${place.chatId}/messages?after=${place.after}`
      const answer = await connections[client]?.ask(getRequest(path, place.token))
      if (answer !== undefined && answer.status !== 200) throw new Error(`the history was answered ${answer.status}`)
      return socket
    }),
  )
  const ms = performance.now() - began
  for (const socket of sockets) socket.close()
  for (const connection of connections) connection.close()
  return { ms, frames }
}

const roomOf = (rooms: readonly Room[], user: number): Room => {
  const room = rooms.find(({ members }) => members.includes(user))
  if (room === undefined) throw new Error(`user ${user} is in no chat`)
  return room
}

async function placeOf(url: string, token: string, room: Room, missed: number, way: Resume['way']): Promise<Place> {
  const place = { token, chatId: room.id, cursors: {}, after: 0 }
  if (way === 'history') {
    const connection = await openHttpConnection(url)
    const { body } = await connection.ask(getRequest(`/chats/${room.id}/messages?limit=${missed + 1}`, token))
    connection.close()
    const [first] = JSON.parse(body.toString()) as { seq: number }[]
    return { ...place, after: first?.seq ?? 0 }
  }
  const versions = await versionsOf(url, token)
  return { ...place, cursors: { ...versions, [room.id]: Math.max(1, (versions[room.id] ?? 1) - missed) } }
}

/** As the server's `ready` says them. */
async function versionsOf(url: string, token: string): Promise<Record<string, number>> {
  let ready = ''
  const onEvent = (packet: Buffer): void => {
    if (ready === '') ready = packet.toString() // who is online may follow
  }
  const socket = await openSocket({ url, auth: { token }, onEvent })
  socket.close()
  const [, { chats }] = JSON.parse(ready.slice(2)) as [string, { chats: Record<string, { version: number }> }]
  return Object.fromEntries(Object.entries(chats).map(([chatId, { version }]) => [chatId, version]))
}
