import type { Room, World } from '../world/world.js'
import type { RestOutcome } from './closed-loop.js'
import { latenciesOf } from './latencies.js'
import { newContent } from './requests.js'
import { openSocket } from './socket-connection.js'

export interface SendsOverSockets {
  world: World
  rooms: Room[]
  sockets: number
  warmSeconds: number
  seconds: number
}

/** Each of so many people has a socket and writes in own chats, the next message as soon as the last is acknowledged. */
export async function sendsOverSockets({ world, rooms, sockets, ...time }: SendsOverSockets): Promise<RestOutcome> {
  const { url, people } = world
  const writers = people.slice(0, sockets).map(({ token }, index) => ({
    token,
    chatIds: rooms.filter(({ members }) => members.includes(index)).map(({ id }) => id),
  }))
  const opened = await Promise.all(writers.map(({ token }) => openSocket({ url, auth: { token } })))
  const from = performance.now() + time.warmSeconds * 1000
  const until = from + time.seconds * 1000
  const latencies: number[] = []
  const bad: Record<string, number> = {}
  let asked = 0

  await Promise.all(
    opened.map(async (socket, index) => {
      const { chatIds = [] } = writers[index] ?? {}
      for (let turn = 0, began = performance.now(); began < until; turn++) {
        const payload = `{"chatId":"${chatIds[turn % chatIds.length]}","content":"${newContent()}"}`
        const ack = await socket.ask('send_message', payload)
        const ended = performance.now()
        asked++
        if (!ack.startsWith('[{"ok":true')) bad['refused'] = (bad['refused'] ?? 0) + 1
        else if (ended >= from && ended < until) latencies.push(ended - began)
        began = ended
      }
    }),
  )
  for (const socket of opened) socket.close()
  return { rate: latencies.length / time.seconds, latency: latenciesOf(latencies), asked, bad }
}
