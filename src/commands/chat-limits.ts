import type { ClientInfo } from '../domain/client-info.js'
import { chatStream } from '../domain/streams.js'
import { RateLimitedError } from '../limits/rate-limited-error.js'
import { giveAllBack, createRateLimit, isRefused, type Taken } from '../limits/rate-limit.js'
import type { Refusal } from '../limits/quota.js'
import type { RedisConnection } from '../limits/redis.js'
import type { UsersSharingChat } from './catalogue/addable.js'
import type { StateOf } from './catalogue/facts.js'
import { directChatId } from './command-id.js'
import type { BotOwnerOf } from './bot-owners.js'
import type { Caller, InputOf, ResultOf, RunCommand } from './run-command.js'

export const CHATS_MADE_LIMIT = 'chats-made'
export const PEOPLE_ADDED_LIMIT = 'people-added'

const DAY_SECONDS = 86_400
const CHATS_A_DAY = 100
/** Users with whom no chat is shared yet. */
const STRANGERS_A_DAY = 200
const ACQUAINTANCES_A_DAY = 1_000

type CommandName = Parameters<RunCommand>[0]

export interface ChatLimitDeps {
  redis: RedisConnection | null
  stateOf: StateOf
  botOwnerOf: BotOwnerOf
  usersSharingChat: UsersSharingChat
  onRefused(limit: string, client: ClientInfo, userId: string): void
}

/** What a command would add: new chats, and users who do not take part yet. */
interface Growth {
  chats: number
  userIds: readonly string[]
}

const NO_CLIENT: ClientInfo = { ip: '', userAgent: '' }

/**
 * Limits how many chats a user makes and how many users they add per day. Only what was really done counts: commands that were refused,
 * or changed nothing, give back what they took. A repeat is answered even when the limit is reached.
 */
export function limitChats(run: RunCommand, deps: ChatLimitDeps): RunCommand {
  const takeGrowth = createTakeGrowth(deps)

  return async (name, input, caller) => {
    const growth = await growthOf(name, input, caller.userId, deps.stateOf)
    if (growth === null) return run(name, input, caller)
    const taken = await takeGrowth(caller.userId, growth)
    const refusal = taken.find(isRefused)
    if (refusal === undefined)
      return keepIfDone(
        taken.filter((each) => !isRefused(each)),
        () => run(name, input, caller),
      )
    await giveAllBack(taken)
    return repeatOrRefuse(name, input, caller, refusal)
  }

  /** @throws RateLimitedError unless it is a repeat */
  async function repeatOrRefuse<Name extends CommandName>(
    name: Name,
    input: InputOf<Name>,
    caller: Caller,
    refusal: Refusal,
  ): Promise<ResultOf<Name>> {
    if (caller.key !== null) {
      const result = await run(name, input, { ...caller, onlyRepeat: true })
      const isNew = result.kind === 'rejected' && (result.rejection as { code: string }).code === 'not-a-repeat'
      if (!isNew) return result
    }
    deps.onRefused(refusal.name, caller.client ?? NO_CLIENT, caller.userId)
    throw new RateLimitedError(refusal)
  }
}

async function keepIfDone<Result extends { kind: string }>(
  taken: readonly (Taken | Refusal)[],
  run: () => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined
  try {
    result = await run()
    return result
  } finally {
    if (result?.kind !== 'done') await giveAllBack(taken)
  }
}

type TakeGrowth = (userId: string, growth: Growth) => Promise<(Taken | Refusal)[]>

function createTakeGrowth({ redis, botOwnerOf, usersSharingChat }: ChatLimitDeps): TakeGrowth {
  const limitOf = (name: string, points: number) => createRateLimit({ name, points, seconds: DAY_SECONDS, redis })
  const chats = limitOf(CHATS_MADE_LIMIT, CHATS_A_DAY)
  const strangers = limitOf(PEOPLE_ADDED_LIMIT, STRANGERS_A_DAY)
  const acquaintances = limitOf(PEOPLE_ADDED_LIMIT, ACQUAINTANCES_A_DAY)

  /** Adding one's own bots is free. */
  async function withoutOwnBots(userIds: readonly string[], userId: string): Promise<string[]> {
    const owners = await Promise.all(userIds.map(botOwnerOf))
    return userIds.filter((_, index) => owners[index] !== userId)
  }

  return async (userId, growth) => {
    const added = await withoutOwnBots(growth.userIds, userId)
    const known = added.length === 0 ? new Set() : await usersSharingChat(userId, added)
    const takes = [
      { limit: chats, key: userId, points: growth.chats },
      { limit: strangers, key: userId, points: added.length - known.size },
      { limit: acquaintances, key: `shared ${userId}`, points: known.size },
    ]
    return Promise.all(
      takes.filter(({ points }) => points > 0).map(({ limit, key, points }) => limit.take(key, points)),
    )
  }
}

/** Null for a command that adds nothing, or that will be refused. */
async function growthOf(name: string, input: unknown, actor: string, stateOf: StateOf): Promise<Growth | null> {
  const chatOf = (chatId: string) => stateOf(chatStream(chatId), ({ status }) => status === 'open')

  if (name === 'createChat') {
    const { chatType, participantIds } = input as InputOf<'createChat'>
    const [other = actor] = participantIds
    const isThere = chatType === 'direct' && (await chatOf(directChatId(actor, other))).status === 'open'
    return isThere ? null : { chats: 1, userIds: participantIds }
  }
  if (name === 'addParticipants') {
    const { chatId, userIds } = input as InputOf<'addParticipants'>
    const chat = await chatOf(chatId)
    if (chat.status === 'absent' || !chat.participants.has(actor)) return null
    return { chats: 0, userIds: userIds.filter((userId) => !chat.participants.has(userId)) }
  }
  return null
}
