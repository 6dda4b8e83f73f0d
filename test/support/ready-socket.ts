import type { Socket } from 'socket.io-client'
import type { Node, TestUser } from './test-app.js'

/** A socket once it is ready, and `seen`, to which the payloads of one event are added. */
export async function readySocket<Payload>(
  node: Pick<Node, 'socket'>,
  who: TestUser,
  event: string,
  seen: Payload[],
): Promise<{ socket: Socket; seen: Payload[] }> {
  const socket = node.socket(who.token)
  socket.on(event, (payload: Payload) => seen.push(payload))
  await new Promise((resolve) => socket.once('ready', resolve))
  return { socket, seen }
}
