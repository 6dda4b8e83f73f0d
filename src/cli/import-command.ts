import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { SingleBar, Presets } from 'cli-progress'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { checkLines, type CheckSummary } from '../import/check-lines.js'
import { createImportIds } from '../import/import-ids.js'
import { importLines, type ImportSummary } from '../import/import-lines.js'
import { splitLines, type SourceLine } from '../import/split-lines.js'
import { userKey } from '../privacy/key-names.js'
import { UsageError } from './command-errors.js'
import { openImportSource, type ImportSource } from './import-source.js'
import { takeInterruption } from './interruption.js'
import type { OperatorCommand } from './operator-command.js'
import { print, printNotice } from './output.js'
import { withCore } from './with-core.js'

/** An import waits for its appends as long as it takes: it could not tell a line that was given up from one that is done. */
const PATIENCE_MS = 24 * 60 * 60 * 1000
/** How long it waits for a read model that does not move, before it goes on. */
const MAX_WAIT_MS = 60_000

const EXIT = { done: 0, refused: 3, interrupted: 130 }

const USAGE = 'import FILE [--source NAME] [--dry-run] [--json]'

export const importCommand: OperatorCommand = {
  usage: USAGE,
  summary: 'import an NDJSON archive; FILE may be - with --source',
  parse(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        source: { type: 'string' },
        json: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
      },
    })
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError(`Usage: parley ${USAGE}`)
    if (file === '-' && values.source === undefined) throw new UsageError('Reading standard input needs --source NAME')
    const mode = { isJson: values.json, isDryRun: values['dry-run'] }
    return async (config) => {
      await using source = await openImportSource(file, values.source)
      return await runImport({ source, ...mode }, config)
    }
  },
}

/** The exit code: 0 when all is done, 3 with refused lines, 130 when it was interrupted. The source is checked before it is imported. */
async function runImport(asked: Omit<Run, 'signal'>, config: Config): Promise<number> {
  const { refused, isInterrupted } = await withCore(
    config,
    async (core) => {
      const signal = takeInterruption()
      const { refused } = await importSource(core, { ...asked, signal })
      return { refused, isInterrupted: signal.aborted }
    },
    { commandDeadlineMs: PATIENCE_MS },
  )
  if (!isInterrupted) return refused > 0 ? EXIT.refused : EXIT.done
  printNotice('Interrupted. Run it again to continue: nothing is imported twice.')
  return EXIT.interrupted
}

interface Run {
  source: ImportSource
  isJson: boolean
  isDryRun: boolean
  signal: AbortSignal
}

async function importSource(core: Core, run: Run): Promise<{ refused: number }> {
  const began = performance.now()
  const { isJson, isDryRun, signal } = run
  const ids = createImportIds(core.installationKey, run.source.name)
  const fingerprint = (userId: string, text: string): Promise<string> => core.sealer.fingerprint(userId, text)
  const printRefusal = (line: number, reason: string, character: number | null): void =>
    printNotice(`line ${line} refused: ${reason}${character === null ? '' : ` (character ${character})`}`)

  const checked = await withLines(run, 'checking', (lines, onLine) =>
    checkLines(lines, {
      ids,
      fingerprint,
      recorded: core.recordedCommands,
      onRefused: (line, { reason, character }) => isDryRun && printRefusal(line, reason, character),
      onLine,
    }),
  )
  if (isDryRun || signal.aborted) {
    print(isJson ? JSON.stringify({ ...checked, dryRun: true }) : checkReport(checked))
    return checked
  }
  const summary = await withLines(run, 'importing', (lines, onLine) =>
    importLines(lines, {
      run: core.run,
      ids,
      makeKeys: (userIds) => core.dataKeys.getOrCreate(userIds.map(userKey)),
      fingerprint,
      projected: (position) => projected(core, position),
      correlationId: randomUUID(),
      onRefused: printRefusal,
      onLine,
    }),
  )
  const seconds = (performance.now() - began) / 1000
  print(isJson ? JSON.stringify({ ...summary, seconds, interrupted: signal.aborted }) : report(summary, seconds))
  await waitForReadModel(core)
  return summary
}

/** The decision index is waited for as long as it takes, for commands need it; the read model only while it moves. */
async function projected({ runners }: Core, position: string): Promise<void> {
  await runners.decisionIndex.progress.reached(position)
  await runners.conversations.progress.reached(position, { timeoutMs: MAX_WAIT_MS })
}

async function waitForReadModel({ log, runners }: Core): Promise<void> {
  const { progress } = runners.conversations
  const head = await log.head()
  if (log.comparePositions(progress.position, head) >= 0) return
  printNotice('Everything is recorded. The read model is still catching up …')
  const isDone = await progress.reached(head, { timeoutMs: MAX_WAIT_MS })
  printNotice(
    isDone ? 'The read model has caught up.' : 'The read model is still catching up; a running server completes it.',
  )
}

/** Reads the source from its beginning, until it is interrupted, and shows how far it has come. */
async function withLines<Result>(
  { source, isJson, signal }: Run,
  what: string,
  work: (lines: AsyncIterable<SourceLine>, onLine: (line: number) => void) => Promise<Result>,
): Promise<Result> {
  const chunks = source.open()
  const bar = createBar(source.bytes, what, isJson)
  const lines = splitLines(chunks, undefined, (bytes) => bar?.increment(bytes))
  try {
    return await work(untilAborted(lines, signal), (line) => bar?.update({ line }))
  } finally {
    bar?.stop()
    chunks.destroy()
  }
}

async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  for await (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

/** None for machines, and where standard error is no terminal. */
function createBar(bytes: number, what: string, isJson: boolean): SingleBar | null {
  if (isJson || !process.stderr.isTTY) return null
  const format = `${what} {bar} {percentage}% | {line} lines | {eta_formatted} left`
  const bar = new SingleBar({ format, stream: process.stderr }, Presets.shades_classic)
  bar.start(bytes, 0, { line: 0 })
  return bar
}

const strippedText = (stripped: number): string =>
  stripped === 0 ? '' : ` ${stripped} control characters were removed.`

const report = (summary: ImportSummary, seconds: number): string => {
  const { lines, users, chats, messages, unchanged, refused, stripped } = summary
  return (
    `${lines} lines: ${users} users, ${chats} chats, ${messages} messages imported, ` +
    `${unchanged} already there, ${refused} refused.${strippedText(stripped)} ` +
    `${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s`
  )
}

const checkReport = ({ lines, importable, recorded, refused, stripped }: CheckSummary): string =>
  `${lines} lines: ${importable} can be imported, ${recorded} of them are already there, ${refused} would be refused. ` +
  `Nothing was imported.${strippedText(stripped)}`
