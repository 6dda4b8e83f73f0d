import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { SingleBar, Presets } from 'cli-progress'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { createImportIds } from '../import/import-ids.js'
import { importLines, type ImportSummary } from '../import/import-lines.js'
import { splitLines } from '../import/split-lines.js'
import { personKey } from '../privacy/key-names.js'
import { printNotice } from './output.js'
import { UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'
import { withCore } from './with-core.js'

/** An import waits for its appends as long as it takes: a line that was given up could not be told from one that is done. */
const PATIENCE_MS = 24 * 60 * 60 * 1000

interface Source {
  name: string
  /** Null for standard input. */
  bytes: number | null
  chunks: AsyncIterable<Buffer> & { destroy(): unknown }
}

const USAGE = 'import FILE [--source NAME] [--json]'

export const importCommand: OperatorCommand = {
  usage: USAGE,
  summary: 'import an NDJSON archive; FILE may be - with --source',
  parse(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { source: { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError(`Usage: parley ${USAGE}`)
    if (file === '-' && values.source === undefined) throw new UsageError('Reading standard input needs --source NAME')
    return async (config) => runImport(await openSource(file, values.source), values.json, config)
  },
}

/** The exit code: 0 when all is done, 3 with refused lines, 130 when it was interrupted. */
async function runImport(source: Source, json: boolean, config: Config): Promise<number> {
  const interruption = new AbortController()
  process.once('SIGINT', () => {
    interruption.abort()
    source.chunks.destroy()
  })
  const isInterrupted = (): boolean => interruption.signal.aborted
  const { summary, seconds } = await importSource(source, config, json, isInterrupted)
  const interrupted = isInterrupted()
  process.stdout.write(json ? `${JSON.stringify({ ...summary, seconds, interrupted })}\n` : report(summary, seconds))
  if (interrupted) {
    printNotice('Interrupted. Run it again to continue: nothing is imported twice.')
    return 130
  }
  return summary.refused > 0 ? 3 : 0
}

async function openSource(file: string, name = basename(file)): Promise<Source> {
  if (file === '-') return { name, bytes: null, chunks: process.stdin }
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new UsageError(`${file} is not a file that can be read`)
  return { name, bytes: found.size, chunks: createReadStream(file) }
}

async function importSource(source: Source, config: Config, json: boolean, isInterrupted: () => boolean) {
  const bar = createBar(source.bytes, json)
  const lines = untilInterrupted(
    splitLines(source.chunks, undefined, (bytes) => bar?.increment(bytes)),
    isInterrupted,
  )
  const work = async (core: Core) => {
    const began = performance.now()
    const summary = await importLines(lines, {
      run: core.run,
      ids: createImportIds(core.databases.masterKey, source.name),
      makeKeys: (userIds) => core.dataKeys.getOrCreate(userIds.map(personKey)),
      fingerprint: (userId, text) => core.sealer.fingerprint(userId, text),
      indexed: (position) => core.runners.decisionIndex.progress.reached(position),
      correlationId: randomUUID(),
      onRefused: (line, reason) => printNotice(`line ${line} refused: ${reason}`),
      onLine: (line) => bar?.update({ line }),
    })
    return { summary, seconds: (performance.now() - began) / 1000 }
  }
  try {
    return await withCore(config, work, { commandDeadlineMs: PATIENCE_MS })
  } finally {
    bar?.stop()
    source.chunks.destroy()
  }
}

/** Ends quietly where the stream was destroyed by an interruption. */
async function* untilInterrupted(lines: AsyncIterable<string>, isInterrupted: () => boolean): AsyncGenerator<string> {
  try {
    for await (const line of lines) {
      if (isInterrupted()) return
      yield line
    }
  } catch (error) {
    if (!isInterrupted()) throw error
  }
}

/** None where nobody looks: for machines, and where standard error is no terminal. */
function createBar(bytes: number | null, json: boolean): SingleBar | null {
  if (json || !process.stderr.isTTY) return null
  const format = bytes === null ? '{line} lines' : '{bar} {percentage}% | {line} lines | {eta_formatted} left'
  const bar = new SingleBar({ format, stream: process.stderr }, Presets.shades_classic)
  bar.start(bytes ?? 0, 0, { line: 0 })
  return bar
}

const report = ({ lines, users, chats, messages, unchanged, refused }: ImportSummary, seconds: number): string =>
  `${lines} lines: ${users} users, ${chats} chats, ${messages} messages imported, ` +
  `${unchanged} already there, ${refused} refused. ` +
  `${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s\n`
