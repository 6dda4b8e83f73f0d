import { randomUUID } from 'node:crypto'
import type { ClientInfo } from '../domain/client-info.js'
import type { Origin } from '../domain/metadata.js'
import { chatStream } from '../domain/streams.js'
import type { Position } from '../eventstore/event-log.js'
import type { EventSealer } from '../privacy/event-sealer.js'
import { canonicalJson } from './canonical-json.js'
import { commandIdOf } from './command-id.js'
import { commandList, type CommandList } from './catalogue/command-list.js'
import type { UsersSharingChat } from './catalogue/addable.js'
import type { AnyCommandRow, Facts, InputOf as InputOfRow, ResultOf as ResultOfRow } from './catalogue/command-row.js'
import type { CatalogueHandler } from './catalogue/stream-kinds.js'
import type { CommandContext } from './pipeline/command-context.js'
import type { AnyCommandResult } from './pipeline/command-result.js'
import type { ContentAt } from './catalogue/facts.js'
import type { InviteCodes } from './catalogue/invite-codes.js'

/** Who sends a command, and from where. */
export interface Caller {
  userId: string
  origin: Origin
  correlationId: string
  /** The client's key for this command, or the id that an import gives it with the fingerprint of its line. */
  key: { value: string } | { commandId: string; fingerprint: string } | null
  /** Null for callers without a session. */
  client: (ClientInfo & { session: string }) | null
  /** The client where there is no session, for security events; it is in no event of the command. */
  clientInfo?: ClientInfo
  /** Answers a repeat, and refuses a command that was not done before. */
  onlyRepeat?: true
}

export type InputOf<Name extends keyof CommandList> = InputOfRow<CommandList[Name]>

export type ResultOf<Name extends keyof CommandList> = ResultOfRow<CommandList[Name]>

/** Every way a command of the list can be refused. */
export type AnyRejection = Extract<ResultOf<keyof CommandList>, { kind: 'rejected' }>['rejection']

/** Runs one command of the list. @throws what `CommandHandler.handle` throws */
export type RunCommand = <Name extends keyof CommandList>(
  name: Name,
  input: InputOf<Name>,
  caller: Caller,
) => Promise<ResultOf<Name>>

export interface RunDeps {
  handler: CatalogueHandler
  sealer: EventSealer
  invites: InviteCodes
  contentAt: ContentAt
  usersSharingChat: UsersSharingChat
  clock: () => Date
  /** Called after each command that is done or already so, with a position at or after its events. */
  onDone(userId: string, position: Position): void
}

type RunRow = <Name extends keyof CommandList>(
  name: Name,
  given: InputOf<Name>,
  context: CommandContext,
) => Promise<ResultOf<Name>>

export type RunRowDeps = Omit<RunDeps, 'sealer' | 'onDone'>

/** Runs a row of the list for the actor of the context: judged by facts of other streams first, then on its own. */
export function createRunRow({ handler, invites, contentAt, clock, usersSharingChat }: RunRowDeps): RunRow {
  return async (name, given, context) => {
    const row: AnyCommandRow = commandList[name]
    const { commandId } = context
    // null for the system: its commands have no actor in their input, or null
    const actor = context.actor as string
    const stream = row.stream(given, commandId, actor)
    const handle = (input: unknown, as: CommandContext) =>
      handler.handle(stream, row.command(input, commandId, actor), as)
    const prepared = (await row.prepare?.(given, actor, factsFor(context))) ?? { input: given }
    const result =
      'refusal' in prepared
        ? await repeatOr(prepared.refusal, (asked) => handle(given, asked), context)
        : await handle(prepared.input, context)
    return { ...result, stream, commandId } as ResultOf<typeof name>
  }

  function factsFor({ commandId }: CommandContext): Facts {
    return {
      stateOf: handler.stateOf,
      messageFact: (chatId, messageId, userId) =>
        handler.entityFact(chatStream(chatId), { entityId: messageId, userId }),
      contentAt,
      usersSharingChat,
      now: clock().toISOString(),
      newInvite: () => invites.hashOf(commandId),
    }
  }
}

export function createRunCommand(deps: RunDeps): RunCommand {
  const { sealer, clock, onDone } = deps
  const runRow = createRunRow(deps)
  return async (name, given, caller) => {
    const context = await contextOf(commandList[name].operation(given as never), given, caller)
    const result = await runRow(name, given, context)
    if (result.kind !== 'rejected') onDone(caller.userId, result.position)
    return result
  }

  async function contextOf(operation: string, input: unknown, caller: Caller): Promise<CommandContext> {
    const { userId, origin, correlationId, key, client, onlyRepeat } = caller
    const at = clock().toISOString()
    const context = { actor: userId, origin, correlationId, ...(onlyRepeat === undefined ? {} : { onlyRepeat }) }
    const from = client === null ? {} : { client: await sealer.sealClient({ userId, ...client }, at) }
    if (key === null) return { ...context, ...from, commandId: randomUUID() }
    if ('commandId' in key) return { ...context, ...from, ...key }
    return {
      ...context,
      ...from,
      commandId: commandIdOf(userId, operation, key.value),
      fingerprint: await sealer.fingerprint(userId, canonicalJson([operation, input])),
    }
  }
}

/** A refusal by facts of other streams: a command that was done before is still answered as a repeat. */
async function repeatOr(
  refusal: unknown,
  handle: (context: CommandContext) => Promise<AnyCommandResult>,
  context: CommandContext,
): Promise<AnyCommandResult> {
  const refused = { kind: 'rejected', rejection: refusal } as const
  if (context.fingerprint === undefined) return refused
  const result = await handle({ ...context, onlyRepeat: true })
  return isNotARepeat(result) && context.onlyRepeat === undefined ? refused : result
}

/** Whether a command that might only be a repeat was refused because it was not one. */
export const isNotARepeat = (result: { kind: string; rejection?: unknown }): boolean =>
  result.kind === 'rejected' && (result.rejection as { code: string }).code === 'not-a-repeat'
