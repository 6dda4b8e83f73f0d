import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { hidden, type Presence } from '../../realtime/presence/presence.js'
import { orNotFound } from '../answers.js'
import { idListSchema } from '../parameters.js'
import type { Parts } from '../parts.js'
import { answer, route } from '../route.js'
import { presenceShape } from '../shapes/presence-shape.js'

const ofUser = route({
  method: 'get',
  path: '/users/:id/presence',
  summary: 'Whether someone with whom I share a chat is online, and when they were last',
  access: 'user',
  params: z.strictObject({ id: idSchema }),
  answers: { 200: presenceShape },
  uses: ['presence', 'queries'],
  async handle({ params: { id }, caller }, parts) {
    const [shown = null] = await presencesOf([id], caller.userId, parts)
    return answer(200, orNotFound(shown, 'user-not-found'))
  },
})

const ofUsers = route({
  method: 'get',
  path: '/presence',
  summary: 'The same of several; those with whom I share no chat are left out',
  access: 'user',
  query: z.strictObject({ ids: idListSchema }),
  answers: { 200: z.array(presenceShape) },
  uses: ['presence', 'queries'],
  async handle({ query: { ids }, caller }, parts) {
    return answer(200, await presencesOf(ids, caller.userId, parts))
  },
})

export const presenceRoutes = [ofUser, ofUsers]

async function presencesOf(
  userIds: readonly string[],
  viewer: string,
  { presence, queries }: Pick<Parts, 'presence' | 'queries'>,
): Promise<z.infer<typeof presenceShape>[]> {
  const visible = await queries.presenceVisibleTo(viewer, userIds)
  const presences = await presence.read([...visible.keys()])
  return presences.map((each) => shownTo(viewer, each, visible.get(each.userId) ?? false))
}

function shownTo(viewer: string, presence: Presence, isShown: boolean): z.infer<typeof presenceShape> {
  const { userId, isOnline, lastSeen, deviceCount } = isShown ? presence : hidden(presence)
  const shown = { userId, isOnline, lastSeen: lastSeen?.toISOString() ?? null }
  return userId === viewer ? { ...shown, deviceCount } : shown
}
