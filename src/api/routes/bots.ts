import { z } from 'zod'
import { idSchema, nameSchema } from '../../commands/catalogue/input-schemas.js'
import type { BotView } from '../../identity/bots/bots.js'
import { commandHeaders, orNotFound, unwrapResult } from '../answers.js'
import type { Parts } from '../parts.js'
import { asProblem, ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { botShape, botTokenShape, newBotTokenShape } from '../shapes/bot-shapes.js'

const DAY_SECONDS = 86_400
const MAX_CHATS = 100

const paramsSchema = z.strictObject({ id: idSchema })

const create = route({
  method: 'post',
  path: '/bots',
  summary: 'Create a bot, which acts with tokens of its own in the chats to which it is added',
  access: 'user',
  body: z.strictObject({ name: nameSchema }),
  answers: { 201: botShape },
  uses: ['bots', 'queries', 'reads'],
  async handle({ body: { name }, caller }, parts) {
    const created = await parts.bots.create(name, caller)
    if ('code' in created) throw asProblem(created)
    const { bot, result } = created
    await parts.reads.written(result.position)
    const [shown] = await withNames([bot], parts)
    return answer(201, shown ?? { ...bot, name }, { headers: commandHeaders(result, caller) })
  },
})

const list = route({
  method: 'get',
  path: '/bots',
  summary: 'My bots, the oldest first',
  access: 'user',
  answers: { 200: z.array(botShape) },
  uses: ['bots', 'queries'],
  async handle({ caller }, parts) {
    return answer(200, await withNames(await parts.bots.of(caller.userId), parts))
  },
})

const remove = route({
  method: 'delete',
  path: '/bots/:id',
  summary: 'Deactivate a bot for good, one of mine or, for admins, any; its tokens stop working',
  access: 'user',
  params: paramsSchema,
  answers: { 204: null },
  uses: ['bots', 'run'],
  async handle({ params: { id: userId }, caller }, { run, bots }) {
    const result = await run('deactivateBot', { userId }, caller)
    // To all others it is no bot that they could do anything with.
    if (result.kind === 'rejected' && result.rejection.code === 'not-an-admin') throw new ProblemError('bot-not-found')
    const done = unwrapResult(result)
    await bots.remove(userId)
    return answer(204, null, { headers: commandHeaders(done, caller) })
  },
})

const createToken = route({
  method: 'post',
  path: '/bots/:id/tokens',
  summary: 'Create a token for a bot of mine, valid in these chats only; it is shown only here',
  access: 'user',
  takesKey: false,
  params: paramsSchema,
  body: z.strictObject({
    chatIds: z.array(idSchema).min(1).max(MAX_CHATS),
    expiresInSeconds: z
      .int()
      .min(1)
      .max(365 * DAY_SECONDS)
      .default(90 * DAY_SECONDS),
  }),
  answers: { 201: newBotTokenShape },
  uses: ['botTokens'],
  async handle({ params: { id: botId }, body: { chatIds, expiresInSeconds }, caller }, { botTokens }) {
    const made = await botTokens.create({ botId, ownerId: caller.userId }, chatIds, expiresInSeconds)
    if (made === 'too-many') throw new ProblemError('too-many-bot-tokens')
    return answer(201, orNotFound(made, 'bot-not-found'))
  },
})

const listTokens = route({
  method: 'get',
  path: '/bots/:id/tokens',
  summary: 'The tokens of a bot of mine that have not expired, newest first, without their secrets',
  access: 'user',
  params: paramsSchema,
  answers: { 200: z.array(botTokenShape) },
  uses: ['botTokens'],
  async handle({ params: { id: botId }, caller }, { botTokens }) {
    return answer(200, orNotFound(await botTokens.list({ botId, ownerId: caller.userId }), 'bot-not-found'))
  },
})

const removeToken = route({
  method: 'delete',
  path: '/bots/:id/tokens/:tokenId',
  summary: 'Revoke a token of a bot of mine; every node refuses it within 2 s',
  access: 'user',
  takesKey: false,
  params: paramsSchema.extend({ tokenId: idSchema }),
  answers: { 204: null },
  uses: ['botTokens'],
  async handle({ params: { id: botId, tokenId }, caller }, { botTokens }) {
    const wasThere = orNotFound(await botTokens.remove({ botId, ownerId: caller.userId }, tokenId), 'bot-not-found')
    if (!wasThere) throw new ProblemError('bot-token-not-found')
    return answer(204, null)
  },
})

export const botRoutes = [create, list, remove, createToken, listTokens, removeToken]

async function withNames(bots: readonly BotView[], { queries }: Pick<Parts, 'queries'>) {
  const profiles = await queries.profiles(bots.map(({ id }) => id))
  const names = new Map(profiles.map(({ id, name }) => [id, name]))
  return bots.map((bot) => ({ ...bot, name: names.get(bot.id) ?? null }))
}
