import type { Room, World } from '../world/world.js'
import { closedLoop, type RestOutcome } from './closed-loop.js'
import { getRequest } from './requests.js'
import { createRotation } from './rotation.js'

export interface Reads {
  world: World
  connections: number
  warmSeconds: number
  seconds: number
}

/** The chat lists of all users in turn. */
export function chatLists({ world, ...loop }: Reads): Promise<RestOutcome> {
  let turns = 0
  const next = (): string => getRequest('/chats', world.people[turns++ % world.people.length]?.token ?? '')
  return closedLoop({ url: world.url, ...loop, next })
}

/** The latest page of one chat after the other. */
export function histories({ world, rooms, ...loop }: Reads & { rooms: Room[] }): Promise<RestOutcome> {
  const turn = createRotation(world, rooms)
  const next = (): string => {
    const { chatId, token } = turn()
    return getRequest(`/chats/${chatId}/messages`, token)
  }
  return closedLoop({ url: world.url, ...loop, next })
}
