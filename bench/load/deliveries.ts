import { setTimeout as sleep } from 'node:timers/promises'
import type { Room, World } from '../world/world.js'
import { latenciesOf, type Latencies } from './latencies.js'
import { pacedSends } from './paced-sends.js'
import { sendRequest } from './requests.js'
import { createRotation } from './rotation.js'
import { NEW_MESSAGE, openSocket } from './socket-connection.js'

export interface Deliveries {
  world: World
  rooms: Room[]
  perSecond: number
  warmSeconds: number
  seconds: number
}

export interface DeliveryOutcome {
  /** From handing the request to the kernel to the message on another member's socket, in milliseconds. */
  latency: Latencies
  delivered: number
  expected: number
  bad: Record<string, number>
}

const PATIENCE_MS = 10_000

/** In each room one member listens, and the others write over REST. Each message says when it was sent. */
export async function deliveries({ world, rooms, ...pace }: Deliveries): Promise<DeliveryOutcome> {
  const { url, people } = world
  const listening = new Set(rooms.map(({ members }) => members.at(-1) ?? 0))
  const hearing = new Map(
    rooms.map(({ id, members }) => [id, members.filter((member) => listening.has(member)).length]),
  )
  const from = performance.now() + pace.warmSeconds * 1000
  const latencies: number[] = []
  let delivered = 0
  let expected = 0

  function hear(packet: Buffer): void {
    const now = performance.now()
    if (packet.toString('latin1', 0, NEW_MESSAGE.length) !== NEW_MESSAGE) return
    const mark = packet.indexOf('sent at ') + 8
    const at = Number.parseFloat(packet.toString('latin1', mark, mark + 20))
    delivered++
    if (at >= from) latencies.push(now - at)
  }

  const sockets = await Promise.all(
    [...listening].map((member) => openSocket({ url, auth: { token: people[member]?.token }, onEvent: hear })),
  )
  const turn = createRotation(world, rooms)
  const next = (): string => {
    const { chatId, token } = turn()
    expected += hearing.get(chatId) ?? 0
    const now = performance.now()
    return sendRequest(chatId, token, `This was sent at ${now.toFixed(3)}, and shall arrive soon after that.`, 'none')
  }
  const seconds = pace.warmSeconds + pace.seconds
  const { bad } = await pacedSends({ url, perSecond: pace.perSecond, seconds, next })
  for (const end = performance.now() + PATIENCE_MS; delivered < expected && performance.now() < end;) await sleep(5)
  for (const socket of sockets) socket.close()
  return { latency: latenciesOf(latencies), delivered, expected, bad }
}
