import type { Room, World } from '../world/world.js'

/** A chat, and one of its members whose turn it is. */
export interface Turn {
  chatId: string
  token: string
  userId: string
}

/** Goes round the chats, and within each round its members. */
export function createRotation({ people }: Pick<World, 'people'>, rooms: readonly Room[]): () => Turn {
  let turns = 0
  return () => {
    const turn = turns++
    const room = rooms[turn % rooms.length]
    const member = room?.members[Math.floor(turn / rooms.length) % room.members.length]
    const user = people[member ?? -1]
    if (room === undefined || user === undefined) throw new Error('nobody to send')
    return { chatId: room.id, token: user.token, userId: user.id }
  }
}
