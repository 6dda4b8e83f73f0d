import type { Room, World } from '../world/world.js'
import { closedLoop, type RestOutcome } from './closed-loop.js'
import { withListeners } from './listeners.js'
import { newContent, sendRequest, type ClientKeys } from './requests.js'
import { createRotation } from './rotation.js'

export interface SendsOverRest {
  world: World
  rooms: Room[]
  /** So many people have a socket open meanwhile. */
  listeners: number
  connections: number
  keys: ClientKeys
  warmSeconds: number
  seconds: number
}

export function sendsOverRest({ world, rooms, listeners, keys, ...loop }: SendsOverRest): Promise<RestOutcome> {
  const turn = createRotation(world, rooms)
  const next = (): string => {
    const { chatId, token } = turn()
    return sendRequest(chatId, token, newContent(), keys)
  }
  return withListeners(world, listeners, () => closedLoop({ url: world.url, ...loop, next }))
}
