import { setTimeout as sleep } from 'node:timers/promises'
import type { Room, World } from '../world/world.js'
import { openHttpConnection } from './http-connection.js'
import { latenciesOf, type Latencies } from './latencies.js'
import { getRequest, newContent, sendRequest } from './requests.js'
import { openSocket } from './socket-connection.js'

export interface Mixed {
  world: World
  rooms: Room[]
  users: number
  /** The mean of what a user waits between one answer and the next request; 0 to find the limit. */
  thinkMs: number
  warmSeconds: number
  seconds: number
}

export interface MixedOutcome {
  rate: number
  latency: Latencies
  asked: number
  reconnects: number
  /** Statuses from 500 on, and connections that broke. */
  faults: number
  /** Every other status that is no success. */
  refusals: number
}

/** Of eleven requests one is a message, three are chat lists, seven are histories. */
const SENDS = 1 / 11
const LISTS = 4 / 11
/** The probability that a user's socket is lost before a request and opened again. */
const RECONNECTS = 1 / 100

/** So many users, each with a socket and a connection, who think, read, write, and lose their connection now and then. */
export async function mixed({ world, rooms, users, thinkMs, ...time }: Mixed): Promise<MixedOutcome> {
  const { url, people } = world
  const from = performance.now() + time.warmSeconds * 1000
  const until = from + time.seconds * 1000
  const latencies: number[] = []
  const counts = { asked: 0, reconnects: 0, faults: 0, refusals: 0 }
  const chatIds = people.map((_, index) => rooms.filter(({ members }) => members.includes(index)).map(({ id }) => id))

  const request = (token: string, own: readonly string[]): string => {
    const chatId = own[Math.floor(Math.random() * own.length)] ?? ''
    const chance = Math.random()
    if (chance < SENDS) return sendRequest(chatId, token, newContent(), 'message')
    return getRequest(chance < LISTS ? '/chats' : `/chats/${chatId}/messages`, token)
  }

  async function live(user: number): Promise<void> {
    const index = user % people.length
    const token = people[index]?.token ?? ''
    const own = chatIds[index] ?? []
    const enter = () => openSocket({ url, auth: { token } })
    await sleep(thinkMs === 0 ? 0 : (Math.random() * time.warmSeconds * 1000) / 2)
    let socket = await enter()
    const connection = await openHttpConnection(url)
    while (performance.now() < until) {
      if (Math.random() < RECONNECTS) {
        socket.close()
        socket = await enter()
        counts.reconnects++
      }
      const began = performance.now()
      const status = await connection.ask(request(token, own)).then(
        (answer) => answer.status,
        () => 0,
      )
      const ended = performance.now()
      if (ended >= from && ended < until) {
        counts.asked++
        if (status === 0 || status >= 500) counts.faults++
        else if (status > 299) counts.refusals++
        else latencies.push(ended - began)
      }
      if (status === 0) break
      await sleep(thinkMs * -Math.log(1 - Math.random()))
    }
    socket.close()
    connection.close()
  }

  await Promise.all(Array.from({ length: users }, (_, user) => live(user)))
  return { ...counts, rate: latencies.length / time.seconds, latency: latenciesOf(latencies) }
}
