import type { Room, World } from '../world/world.js'
import { openHttpConnection, type HttpAnswer, type HttpConnection } from './http-connection.js'
import { latenciesOf, type Latencies } from './latencies.js'
import { getRequest, newContent, sendRequest } from './requests.js'
import { createRotation } from './rotation.js'

export interface ReadsOfOwnWrites {
  world: World
  rooms: Room[]
  /** Of the node that is read from. */
  readUrl: string
  warmSeconds: number
  seconds: number
}

/** Sends a message on one node, and reads its chat on another from the position of the answer, again and again: how long the reads take. */
export async function readsOfOwnWrites(load: ReadsOfOwnWrites): Promise<Latencies> {
  const { world, rooms, readUrl, warmSeconds, seconds } = load
  const [writer, reader] = await Promise.all([openHttpConnection(world.url), openHttpConnection(readUrl)])
  const turn = createRotation(world, rooms)
  const values: number[] = []
  const warm = performance.now() + warmSeconds * 1000
  for (const end = warm + seconds * 1000; performance.now() < end;) {
    const { chatId, token } = turn()
    const position = positionOf(await done(writer, sendRequest(chatId, token, newContent(), 'none')))
    const began = performance.now()
    await done(reader, getRequest(`/chats/${chatId}/messages`, token, `Parley-Position: ${position}\r\n`))
    if (began >= warm) values.push(performance.now() - began)
  }
  writer.close()
  reader.close()
  return latenciesOf(values)
}

async function done(connection: HttpConnection, request: string): Promise<HttpAnswer> {
  const answer = await connection.ask(request)
  if (answer.status > 299) throw new Error(`${answer.status}: ${answer.body.toString()}`)
  return answer
}

const positionOf = ({ head }: HttpAnswer): string => /parley-position: *(\S+)/i.exec(head)?.[1] ?? ''
