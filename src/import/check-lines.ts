import { canonicalJson } from '../commands/canonical-json.js'
import type { ImportIds } from './import-ids.js'
import { ImportStopped } from './import-stopped.js'
import { inBatches } from './in-batches.js'
import { parseLine, type ImportLine, type LineFault } from './parse-line.js'
import { createSourceNames } from './source-names.js'
import type { SourceLine } from './split-lines.js'

export interface CheckDeps {
  ids: ImportIds
  /** HMAC of a text under the user's key. */
  fingerprint(userId: string, text: string): Promise<string>
  /** The fingerprints of those commands that are recorded, by id. */
  recorded(commandIds: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  onRefused(line: number, fault: LineFault): void
  onLine(line: number): void
}

export interface CheckSummary {
  lines: number
  /** Lines that can be imported, or are already. */
  importable: number
  recorded: number
  refused: number
  /** Control characters that an import removes. */
  stripped: number
}

interface Checked {
  number: number
  commandId: string
  /** Null where it is refused. */
  line: ImportLine | null
  userId: string
}

const BATCH = 500
/** Lines that a refusal of the whole source names. */
const MAX_NAMED = 20

/**
 * Reads a whole source without changing anything.
 * @throws ImportStopped lines differ from those imported before under their numbers
 */
export async function checkLines(lines: AsyncIterable<SourceLine>, deps: CheckDeps): Promise<CheckSummary> {
  const { ids, fingerprint, recorded, onRefused, onLine } = deps
  const names = createSourceNames(ids)
  const summary: CheckSummary = { lines: 0, importable: 0, recorded: 0, refused: 0, stripped: 0 }
  const changed: number[] = []
  let changedCount = 0

  function parse(source: SourceLine): Checked[] {
    const number = ++summary.lines
    const commandId = ids.command(number)
    if (typeof source === 'string' && source.trim() === '') return []
    const parsed = parseLine(source)
    if ('reason' in parsed) {
      summary.refused++
      onRefused(number, parsed)
      return [{ number, commandId, line: null, userId: '' }]
    }
    summary.importable++
    summary.stripped += parsed.stripped
    const { line } = parsed
    return [{ number, commandId, line, userId: names.userOf(line) }]
  }

  for await (const batch of inBatches(lines, BATCH)) {
    const parsed = batch.flatMap(parse)
    const known = await recorded(parsed.map(({ commandId }) => commandId))
    for (const { number, commandId, line, userId } of parsed) {
      const before = known.get(commandId)
      if (before === undefined) continue
      summary.recorded++
      if (line !== null && before === (await fingerprint(userId, canonicalJson(line)))) continue
      changedCount++
      if (changed.length < MAX_NAMED) changed.push(number)
    }
    onLine(summary.lines)
  }
  if (changedCount > 0) throw changedSource(changed, changedCount)
  return summary
}

const changedSource = (lines: readonly number[], count: number): ImportStopped =>
  new ImportStopped(
    `${count === 1 ? 'One line differs' : `${count} lines differ`} from what was imported before from this source under the same ` +
      `numbers: ${lines.join(', ')}${count > lines.length ? ' …' : ''}. Nothing was imported. A source may only grow at its end: ` +
      'give a changed file another --source',
  )
