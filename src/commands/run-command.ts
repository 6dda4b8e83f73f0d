import { randomUUID } from 'node:crypto'
import type { ClientInfo } from '../domain/client-info.js'
import type { EventShape } from '../domain/event.js'
import type { Origin } from '../domain/metadata.js'
import type { Position } from '../eventstore/event-log.js'
import type { EventSealer } from '../privacy/event-sealer.js'
import { canonicalJson } from './canonical-json.js'
import { commandIdOf } from './command-id.js'
import { commandList, type CommandList } from './catalogue/command-list.js'
import type { CommandRow, Facts } from './catalogue/command-row.js'
import type { CommandContext, Handled } from './pipeline/handled.js'
import type { CommandHandler } from './pipeline/handle-command.js'
import type { InviteCodes } from './catalogue/invite-codes.js'

/** Who sends a command, and whence. */
export interface Caller {
  userId: string
  origin: Origin
  correlationId: string
  /** A client's own key for this command, or an import's id for it with the fingerprint of the line that it stands for. */
  key: { value: string } | { commandId: string; fingerprint: string } | null
  /** Null for those who came by no session. */
  client: (ClientInfo & { session: string }) | null
  /** The client where there is no session, for security events; it is in no event of the command. */
  whence?: ClientInfo
  /** Answers a repeat, and refuses what would be done for the first time. */
  onlyRepeat?: true
}

type Row<Name extends keyof CommandList> =
  CommandList[Name] extends CommandRow<
    infer Input,
    infer Command,
    infer State,
    infer Event extends EventShape,
    infer Rejection,
    infer Refusal
  >
    ? { input: Input; command: Command; state: State; event: Event; rejection: Rejection | Refusal }
    : never

export type InputOf<Name extends keyof CommandList> = Row<Name>['input']

export type ResultOf<Name extends keyof CommandList> = Handled<Row<Name>['event'], Row<Name>['rejection']> & {
  stream: string
  commandId: string
}

/** Every way a command of the list can be refused. */
export type AnyRejection = Extract<ResultOf<keyof CommandList>, { kind: 'rejected' }>['rejection']

/** Runs one command of the list. @throws what `CommandHandler.handle` throws */
export type RunCommand = <Name extends keyof CommandList>(
  name: Name,
  input: InputOf<Name>,
  caller: Caller,
) => Promise<ResultOf<Name>>

export interface RunDeps {
  handler: CommandHandler
  sealer: EventSealer
  invites: InviteCodes
  clock: () => Date
  /** Told of each command that is known to be done or already so, with a position at or after its events. */
  onDone(userId: string, position: Position): void
}

type RunRow = <Name extends keyof CommandList>(
  name: Name,
  given: InputOf<Name>,
  context: CommandContext,
) => Promise<ResultOf<Name>>

/** Runs a row of the list for the actor of the context: judged by facts of other streams first, then on its own. */
export function createRunRow({ handler, invites, clock }: Pick<RunDeps, 'handler' | 'invites' | 'clock'>): RunRow {
  return async (name, given, context) => {
    const row = commandList[name] as unknown as CommandRow<unknown, unknown, unknown, EventShape, unknown, unknown>
    const { commandId } = context
    // null for the system: its commands name nobody as who did it, or say so with null
    const actor = context.actor as string
    const stream = row.stream(given, commandId, actor)
    const commandOf = (input: unknown) => row.command(input, commandId, actor)
    const prepared = (await row.prepare?.(given, actor, factsFor(context))) ?? { input: given }
    const result =
      'refusal' in prepared
        ? await repeatOr(
            prepared.refusal,
            (asked) => handler.handle(stream, row.kind, commandOf(given), asked),
            context,
          )
        : await handler.handle(stream, row.kind, commandOf(prepared.input), context)
    return { ...result, stream, commandId }
  }

  function factsFor({ commandId }: CommandContext): Facts {
    const { factOf, messageFact } = handler
    return { factOf, messageFact, now: clock().toISOString(), newInvite: () => invites.hashOf(commandId) }
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

/** What other streams say by now takes nothing back: a command that was done before is a repeat, else it is refused. */
async function repeatOr<Result extends { kind: string; rejection?: unknown }>(
  refusal: unknown,
  handle: (context: CommandContext) => Promise<Result>,
  context: CommandContext,
): Promise<Result | { kind: 'rejected'; rejection: unknown }> {
  const refused = { kind: 'rejected', rejection: refusal } as const
  if (context.fingerprint === undefined) return refused
  const result = await handle({ ...context, onlyRepeat: true })
  const isNew = result.kind === 'rejected' && (result.rejection as { code: string }).code === 'not-a-repeat'
  return isNew && context.onlyRepeat === undefined ? refused : result
}
