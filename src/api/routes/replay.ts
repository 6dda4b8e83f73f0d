import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { isParticipantCursor } from '../../projections/conversations/memberships/membership-queries.js'
import type { Moment, TimeOrPosition } from '../../replay/moment.js'
import type { ReplayedChat } from '../../replay/replay.js'
import { cursorSchema, inChatSchema, instantSchema, limitSchema, startSchema, versionSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route, type Links } from '../route.js'
import { pastChatShape, pastUserShape } from '../shapes/past-shapes.js'

const timeSchema = instantSchema.exactOptional()
const positionSchema = z.string().max(200).exactOptional()

const moments = { at: timeSchema, position: positionSchema }

interface Given {
  at?: string
  version?: number
  position?: string
}

const isOne = ({ at, version, position }: Given): boolean =>
  [at, version, position].filter((value) => value !== undefined).length <= 1

const ONE_MOMENT = { path: ['at'], message: 'give one of at, version and position' }

const replayChat = route({
  method: 'get',
  path: '/audit/chats/:id',
  summary:
    'A chat as it was at a moment, that included: participants, messages as they then read, reactions, pins. Without a moment, as it is now. What was erased since is null',
  access: 'auditor',
  cost: 3,
  params: inChatSchema,
  query: z
    .strictObject({
      ...moments,
      version: versionSchema.exactOptional(),
      before: startSchema.exactOptional(),
      after: startSchema.exactOptional(),
      participantsAfter: cursorSchema(isParticipantCursor).nullable().default(null),
      limit: limitSchema,
    })
    .refine(isOne, ONE_MOMENT)
    .refine(({ before, after }) => before === undefined || after === undefined, {
      path: ['before'],
      message: 'give one of before and after',
    }),
  answers: { 200: pastChatShape },
  uses: ['head', 'replay'],
  async handle({ params: { id }, query }, { head, replay }) {
    const { before, after, participantsAfter, limit } = query
    const messages = before !== undefined ? { before } : after !== undefined ? { after } : null
    const moment = query.version === undefined ? await momentOf(query, head) : { version: query.version }
    const replayed = await replay.chat(id, moment, { messages, participantsAfter, limit })
    if (replayed.kind === 'rejected') throw new ProblemError(replayed.code)
    const { older: _older, newer: _newer, ...shown } = replayed.answer
    return answer(200, shown, {
      links: linksOf(replayed.answer, moment),
      rows: shown.messages.length,
    })
  },
})

/** The other pages are of the same moment, also where none was given. */
function linksOf({ messages, older, newer }: ReplayedChat, moment: Moment): Links {
  const [first, last] = [messages.at(0), messages.at(-1)]
  return {
    ...(older && first !== undefined && { prev: { ...moment, before: first.seq } }),
    ...(newer && last !== undefined && { next: { ...moment, after: last.seq } }),
  }
}

const replayUser = route({
  method: 'get',
  path: '/audit/users/:id',
  summary: 'The profile and roles of a user at a moment, that included. Without a moment, as they are now',
  access: 'auditor',
  cost: 3,
  params: z.strictObject({ id: idSchema }),
  query: z.strictObject(moments).refine(isOne, ONE_MOMENT),
  answers: { 200: pastUserShape },
  uses: ['head', 'replay'],
  async handle({ params: { id }, query }, { head, replay }) {
    const replayed = await replay.user(id, await momentOf(query, head))
    if (replayed.kind === 'rejected') throw new ProblemError(replayed.code)
    return answer(200, replayed.answer)
  },
})

/** Now is a position, so that later pages can be of the same moment. */
const momentOf = async ({ at, position }: Given, head: () => Promise<string>): Promise<TimeOrPosition> =>
  at !== undefined ? { at } : { position: position ?? (await head()) }

export const replayRoutes = [replayChat, replayUser]
