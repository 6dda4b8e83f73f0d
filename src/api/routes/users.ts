import { z } from 'zod'
import { idSchema, nameSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, orNotFound, unwrapResult } from '../answers.js'
import { isUserCursor } from '../../projections/conversations/users/user-queries.js'
import { cursorSchema, idListSchema, limitSchema, userQuerySchema } from '../parameters.js'
import type { Parts } from '../parts.js'
import { answer, route } from '../route.js'
import { accountShape, profileShape, userShape } from '../shapes/user-shapes.js'
import { listAccounts } from '../show-accounts.js'

const me = route({
  method: 'get',
  path: '/users/me',
  summary: 'My own user',
  access: 'user',
  bots: 'admitted',
  answers: { 200: userShape },
  uses: ['accountStatuses', 'accounts', 'queries'],
  async handle({ caller }, parts) {
    return answer(200, await ownUser(caller.userId, parts))
  },
})

const changeMe = route({
  method: 'patch',
  path: '/users/me',
  summary: 'Change my name, avatar, status, who may add me to chats, or whether others see when I am online',
  access: 'user',
  body: z.strictObject({
    name: nameSchema.exactOptional(),
    avatarUrl: z
      .url({ protocol: /^https?$/, normalize: true })
      .max(2_048)
      .nullable()
      .exactOptional(),
    statusText: textSchema(255).nullable().exactOptional(),
    addableBy: z.enum(['everyone', 'shared-chat', 'nobody']).exactOptional(),
    showPresence: z.boolean().exactOptional(),
  }),
  answers: { 200: userShape },
  uses: ['accountStatuses', 'accounts', 'queries', 'reads', 'run'],
  async handle({ body, caller }, parts) {
    const result = unwrapResult(await parts.run('changeProfile', { change: body }, caller))
    await parts.reads.written(result.position)
    return answer(200, await ownUser(caller.userId, parts), { headers: commandHeaders(result, caller) })
  },
})

const someone = route({
  method: 'get',
  path: '/users/:id',
  summary: 'The profile of a user',
  access: 'user',
  params: z.strictObject({ id: idSchema }),
  answers: { 200: profileShape },
  uses: ['queries'],
  async handle({ params: { id } }, { queries }) {
    const [profile = null] = await queries.profiles([id])
    return answer(200, orNotFound(profile, 'user-not-found'))
  },
})

const find = route({
  method: 'get',
  path: '/users',
  summary: 'Profiles, by their ids or by how a word of the name begins. For admins also everyone',
  access: 'user',
  cost: 3,
  requiresRole: { all: 'admin' },
  query: z
    .strictObject({
      ids: idListSchema.optional(),
      query: userQuerySchema.optional(),
      all: z.literal('true').optional(),
      after: cursorSchema((cursor) => isUserCursor(cursor) || idSchema.safeParse(cursor).success).optional(),
      limit: limitSchema,
    })
    .refine(
      ({ ids, query, all }) => [ids, query, all].filter((given) => given !== undefined).length === 1,
      'takes one of ids, query and all',
    ),
  answers: { 200: z.union([z.array(profileShape), z.array(accountShape)]) },
  uses: ['accountStatuses', 'addresses', 'queries'],
  async handle({ query: { ids = [], query, all, after = null, limit } }, parts) {
    const { queries } = parts
    if (all !== undefined) {
      const { items, next } = await listAccounts(limit, after, parts)
      return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
    }
    if (query === undefined) return answer(200, await queries.profiles(ids))
    const { items, next } = await queries.findProfiles({ query, limit, after })
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

export const userRoutes = [me, changeMe, someone, find]

/** Someone as only they themselves see it. */
export async function ownUser(
  userId: string,
  { queries, accounts, accountStatuses }: Pick<Parts, 'queries' | 'accounts' | 'accountStatuses'>,
): Promise<z.infer<typeof userShape>> {
  const [profile, address, { roles }] = await Promise.all([
    queries.ownProfile(userId),
    accounts.addressOf(userId),
    accountStatuses.of(userId),
  ])
  const { email = null, isVerified = false } = address ?? {}
  return { ...orNotFound(profile, 'user-not-found'), email, emailVerified: isVerified, roles: [...roles] }
}
