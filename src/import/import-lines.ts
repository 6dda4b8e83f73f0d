import { canonicalJson } from '../commands/canonical-json.js'
import type { Caller, ResultOf, RunCommand } from '../commands/run-command.js'
import { createImportDirectory } from './import-directory.js'
import type { ImportIds } from './import-ids.js'
import { createImportPace } from './import-pace.js'
import { createImportMemberships } from './import-memberships.js'
import { ImportStopped } from './import-stopped.js'
import { inBatches } from './in-batches.js'
import { parseLine, type ImportLine } from './parse-line.js'
import { createSourceNames } from './source-names.js'
import type { SourceLine } from './split-lines.js'

/** Lines that are parsed together before the first of them is begun, so that their new users are registered together. */
const BATCH = 200

export interface ImportDeps {
  run: RunCommand
  ids: ImportIds
  /** Of users who are about to be registered. */
  makeKeys(userIds: readonly string[]): Promise<unknown>
  /** HMAC of a text under the user's key. */
  fingerprint(userId: string, text: string): Promise<string>
  /** Resolves once the projections have examined the position, or are waited for no longer. */
  projected(position: string): Promise<unknown>
  correlationId: string
  /** `character` is null where the line as a whole is refused. */
  onRefused(line: number, reason: string, character: number | null): void
  /** Called after each line. */
  onLine(line: number): void
}

export interface ImportSummary {
  lines: number
  users: number
  chats: number
  /** Recorded by this run. */
  messages: number
  /** Lines that changed nothing: imported before, or already so. */
  unchanged: number
  refused: number
  /** Control characters that were removed. */
  stripped: number
}

/**
 * Imports the lines in their order, through the same commands that clients send. Each line is one command whose id is the
 * line's number, so that a second run, or one after a crash, records only what is missing.
 * @throws ImportStopped a line differs from the one imported before under its number
 */
export async function importLines(lines: AsyncIterable<SourceLine>, deps: ImportDeps): Promise<ImportSummary> {
  const { run, ids, makeKeys, fingerprint, projected, correlationId, onRefused, onLine } = deps
  const summary: ImportSummary = { lines: 0, users: 0, chats: 0, messages: 0, unchanged: 0, refused: 0, stripped: 0 }
  const directory = createImportDirectory({ run, ids, makeKeys, correlationId, summary })
  const names = createSourceNames(ids)
  const memberships = createImportMemberships()
  let failure: Error | undefined
  const pace = createImportPace(projected, (error) => (failure ??= error))

  function refuse(line: number, reason: string, character: number | null = null): void {
    summary.refused++
    onRefused(line, reason, character)
  }

  /** Gives where the line's events are; null where there are none. */
  function settle({ number, line }: Taken, result: ResultOf<LineCommand>, isMember: boolean): string | null {
    if (result.kind === 'rejected') {
      const { code } = result.rejection
      if (code === 'idempotency-key-reused') throw changed(number)
      refuse(number, reasons[code] ?? code)
      return null
    }
    // A second run changes nothing, also where the first one refused: the refusal is named again.
    if (result.kind !== 'done') {
      if (line.type === 'leave' && !isMember) refuse(number, NOT_A_PARTICIPANT)
      else summary.unchanged++
      return null
    }
    if (line.type === 'message') summary.messages++
    return result.position
  }

  /** Starts the line's command; commands of one chat are decided in the order in which they were started. */
  function start(taken: Taken, command: Promise<ResultOf<LineCommand>>): void {
    const { line, userId, characters } = taken
    const isMember = memberships.apply(line, userId)
    pace.run(
      characters,
      command.then((result) => settle(taken, result, isMember)),
    )
  }

  function read(sources: readonly SourceLine[]): Taken[] {
    return sources.flatMap((source) => {
      const number = ++summary.lines
      if (typeof source === 'string' && source.trim() === '') return []
      const parsed = parseLine(source)
      if ('reason' in parsed) {
        refuse(number, parsed.reason, parsed.character)
        return []
      }
      const { line } = parsed
      summary.stripped += parsed.stripped
      const userId = names.userOf(line)
      directory.meet(userId, line.user, line.at)
      const characters = line.type === 'message' ? line.content.length : 0
      return [{ number, line, userId, characters }]
    })
  }

  async function begin(taken: Taken, given: string): Promise<void> {
    const { number, line, userId } = taken
    const key = { commandId: ids.command(number), fingerprint: given }
    const caller: Caller = { userId, origin: 'import', correlationId, key, client: null }
    const imported = { line: number, originalAt: line.at }
    if (line.type === 'nick') {
      const change = { name: line.newName }
      start(taken, run('changeProfile', { change, originalAt: line.at }, caller))
      return
    }
    const chatId = await directory.chat(line.chat, userId, line.at)
    switch (line.type) {
      case 'join': {
        start(taken, run('joinChat', { chatId, ...imported }, caller))
        return
      }
      case 'leave': {
        start(taken, run('leaveChat', { chatId, ...imported }, caller))
        return
      }
      case 'message': {
        const message = { messageType: 'text', content: line.content, metadata: null, clientMessageId: null }
        start(taken, run('sendMessage', { chatId, ...message, ...imported }, caller))
        return
      }
    }
  }

  async function take(sources: readonly SourceLine[]): Promise<void> {
    const taken = read(sources)
    await directory.registered()
    const fingerprints = await Promise.all(taken.map(({ userId, line }) => fingerprint(userId, canonicalJson(line))))
    for (const [index, line] of taken.entries()) {
      await begin(line, fingerprints[index] ?? '')
      await pace.ready()
      if (failure !== undefined) return
      onLine(line.number)
    }
    onLine(summary.lines)
  }

  for await (const sources of inBatches(lines, BATCH)) {
    await take(sources).catch((error: unknown) => {
      failure ??= error as Error
    })
    if (failure !== undefined) break
  }
  await pace.idle()
  if (failure !== undefined) throw failure
  return summary
}

/** A line that can be begun. */
interface Taken {
  number: number
  line: ImportLine
  userId: string
  /** Of its content. */
  characters: number
}

type LineCommand = 'sendMessage' | 'joinChat' | 'leaveChat' | 'changeProfile'

const NOT_A_PARTICIPANT = 'is not in the chat'

const reasons: Partial<Record<string, string>> = {
  'not-a-participant': NOT_A_PARTICIPANT,
  'direct-chat': 'a direct chat cannot be left',
  'line-too-late':
    'line-too-late: its chat already has a later line of this source, and messages are never inserted before others',
}

const changed = (line: number): ImportStopped =>
  new ImportStopped(
    `line ${line} differs from the line ${line} imported before from this source: ` +
      'a source may only grow at its end. Give a changed file another --source',
  )
