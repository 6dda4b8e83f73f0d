import { canonicalJson } from '../commands/canonical-json.js'
import type { Caller, ResultOf, RunCommand } from '../commands/run-command.js'
import { createImportDirectory, ImportStopped } from './import-directory.js'
import type { ImportIds } from './import-ids.js'
import { inBatches } from './in-batches.js'
import { parseLine, type ImportLine } from './parse-line.js'

/** So many lines are looked at before the first of them is begun, so that who is new in them is registered together. */
const TOGETHER = 500
/** So many commands wait for their append at once, … */
const MAX_WAITING = 512
/** … and so many may be done before the decision index has seen the first of them. */
const MAX_UNINDEXED = 4_000

export interface ImportDeps {
  run: RunCommand
  ids: ImportIds
  /** Of people who are about to be registered. */
  makeKeys(userIds: readonly string[]): Promise<unknown>
  /** HMAC of a text under the person's key. */
  fingerprint(userId: string, text: string): Promise<string>
  /** Resolves once the decision index has examined the position. */
  indexed(position: string): Promise<unknown>
  correlationId: string
  onRefused(line: number, reason: string): void
  /** Told after each line. */
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
}

/**
 * Imports the lines in their order, through the same commands that clients send. Each line is one command whose id is the
 * line's number, so that a second run, or one after a crash, records only what is missing.
 * @throws ImportStopped a line differs from the one imported before under its number
 */
export async function importLines(lines: AsyncIterable<string>, deps: ImportDeps): Promise<ImportSummary> {
  const { run, ids, makeKeys, fingerprint, indexed, correlationId, onRefused, onLine } = deps
  const summary: ImportSummary = { lines: 0, users: 0, chats: 0, messages: 0, unchanged: 0, refused: 0 }
  const cast = createImportDirectory({ run, ids, makeKeys, correlationId, summary })
  const waiting = new Set<Promise<void>>()
  let unindexed: string[] = []
  let failure: Error | undefined

  function refuse(line: number, reason: string): void {
    summary.refused++
    onRefused(line, reason)
  }

  function settle(number: number, { type }: ImportLine, result: ResultOf<LineCommand>): void {
    if (result.kind === 'rejected') {
      const { code } = result.rejection
      if (code === 'idempotency-key-reused') throw changed(number)
      return refuse(number, reasons[code] ?? code)
    }
    if (result.kind === 'done') unindexed.push(result.position)
    if (result.kind !== 'done') summary.unchanged++
    else if (type === 'message') summary.messages++
  }

  /** Starts the line's command; commands of one chat are decided in the order in which they were started. */
  function start(number: number, line: ImportLine, command: Promise<ResultOf<LineCommand>>): void {
    const done: Promise<void> = command
      .then((result) => settle(number, line, result))
      .catch((error: unknown) => {
        failure ??= error as Error
      })
      .finally(() => waiting.delete(done))
    waiting.add(done)
  }

  async function keepUp(): Promise<void> {
    while (waiting.size >= MAX_WAITING) await Promise.race(waiting)
    if (unindexed.length < MAX_UNINDEXED) return
    const middle = Math.floor(unindexed.length / 2)
    await indexed(unindexed[middle] ?? '')
    unindexed = unindexed.slice(middle)
  }

  /** Whom the lines name, in their order: a new name counts from the line on that gave it. */
  function read(texts: readonly string[]): Taken[] {
    return texts.flatMap((text) => {
      const number = ++summary.lines
      if (text.trim() === '') return []
      const parsed = parseLine(text)
      if ('reason' in parsed) {
        refuse(number, parsed.reason)
        return []
      }
      const { line } = parsed
      const userId = cast.user(line.user, line.at)
      if (line.type === 'nick') cast.rename(line.newName, userId)
      return [{ number, line, userId }]
    })
  }

  async function begin({ number, line, userId }: Taken, given: string): Promise<void> {
    const key = { commandId: ids.command(number), fingerprint: given }
    const caller: Caller = { userId, origin: 'import', correlationId, key, client: null }
    const imported = { line: number, originalAt: line.at }
    if (line.type === 'nick') {
      const change = { name: line.newName }
      start(number, line, run('changeProfile', { change, originalAt: line.at }, caller))
      return
    }
    const chatId = await cast.chat(line.chat, userId, line.at)
    switch (line.type) {
      case 'join': {
        start(number, line, run('joinChat', { chatId, ...imported }, caller))
        return
      }
      case 'leave': {
        start(number, line, run('leaveChat', { chatId, ...imported }, caller))
        return
      }
      case 'message': {
        const message = { messageType: 'text', content: line.content, metadata: null, clientMessageId: null }
        start(number, line, run('sendMessage', { chatId, ...message, ...imported }, caller))
        return
      }
    }
  }

  async function take(texts: readonly string[]): Promise<void> {
    const taken = read(texts)
    await cast.registered()
    const fingerprints = await Promise.all(taken.map(({ userId, line }) => fingerprint(userId, canonicalJson(line))))
    for (const [index, line] of taken.entries()) {
      await begin(line, fingerprints[index] ?? '')
      await keepUp()
      if (failure !== undefined) return
      onLine(line.number)
    }
    onLine(summary.lines)
  }

  for await (const texts of inBatches(lines, TOGETHER)) {
    await take(texts).catch((error: unknown) => {
      failure ??= error as Error
    })
    if (failure !== undefined) break
  }
  await Promise.all(waiting)
  if (failure !== undefined) throw failure
  return summary
}

/** A line that can be begun. */
interface Taken {
  number: number
  line: ImportLine
  userId: string
}

type LineCommand = 'sendMessage' | 'joinChat' | 'leaveChat' | 'changeProfile'

const reasons: Partial<Record<string, string>> = {
  'not-a-participant': 'is not in the chat',
  'direct-chat': 'nobody leaves a direct chat',
}

const changed = (line: number): ImportStopped =>
  new ImportStopped(
    `line ${line} differs from the line ${line} imported before from this source: ` +
      'a source may only grow at its end. Give a changed file another --source',
  )
