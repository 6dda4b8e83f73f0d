import type { World } from '../world/world.js'
import { openSocket, type SocketConnection } from './socket-connection.js'

let held: SocketConnection[] = []

const AT_ONCE = 50

/** Opens so many sockets, and keeps them until they are dropped. */
export async function holdSockets({ world, count }: { world: World; count: number }): Promise<null> {
  const { url, people } = world
  while (held.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - held.length) }, (_, place) => held.length + place)
    const open = (place: number) => openSocket({ url, auth: { token: people[place % people.length]?.token } })
    held.push(...(await Promise.all(some.map(open))))
  }
  return null
}

export function dropSockets(_: null): Promise<null> {
  for (const socket of held) socket.close()
  held = []
  return Promise.resolve(null)
}
