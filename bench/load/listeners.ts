import type { World } from '../world/world.js'
import { openSocket } from './socket-connection.js'

/** So many of the people hear what happens in their chats while the work is done. */
export async function withListeners<Result>(
  { url, people }: World,
  count: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const listening = people.slice(0, count)
  const sockets = await Promise.all(listening.map(({ token }) => openSocket({ url, auth: { token } })))
  try {
    return await work()
  } finally {
    const lost = sockets.filter(({ isOpen }) => !isOpen).length
    for (const socket of sockets) socket.close()
    if (lost > 0) process.stderr.write(`${lost} of ${count} listeners were cut off\n`)
  }
}
