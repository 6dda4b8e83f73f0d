import type { KeyObject } from 'node:crypto'
import { FIRST_HASH, hashEntry } from '../chain/chain-entry.js'
import { checkpointText } from '../checkpoints/checkpoint.js'
import { verifySignature } from '../checkpoints/signing-keys.js'
import { addLeaf, headOf, type Subtree } from '../merkle/subtrees.js'
import { readExportLine, type CheckpointLine, type EntryLine } from './export-line.js'
import { EXPORT_FORMAT } from './export-chain.js'

export interface ExportCheck {
  ok: boolean
  /** Entries that follow from the ones before. */
  entries: number
  /** Up to this entry, a signature proves that nothing is missing. */
  completeUpTo: number
  /** The first line that is wrong, counted from 1. */
  firstDivergence: { line: number; ordinal: number | null; reason: ExportFault } | null
}

export type ExportFault =
  | 'not-an-export'
  | 'line-unreadable'
  | 'entry-altered'
  | 'entry-removed'
  | 'checkpoint-forged'
  | 'checkpoint-contradicted'
  | 'checkpoint-missing'

/** Checks an export by keys that the caller has from elsewhere; what the file says about keys does not count. */
export async function checkExport(lines: AsyncIterable<string>, keys: readonly KeyObject[]): Promise<ExportCheck> {
  const check = createCheck(keys)
  let number = 0
  for await (const line of lines) {
    number++
    const fault = check.line(line, number)
    if (fault !== null) return check.result({ line: number, ...fault })
  }
  const isSigned = check.isSigned()
  return check.result(isSigned ? null : { line: number, ordinal: null, reason: 'checkpoint-missing' })
}

interface Fault {
  ordinal: number | null
  reason: ExportFault
}

function createCheck(keys: readonly KeyObject[]) {
  const peaks: Subtree[] = []
  let previous = FIRST_HASH
  let entries = 0
  let completeUpTo = 0

  function checkEntry(line: EntryLine): ExportFault | null {
    if (line.ordinal !== entries + 1) return 'entry-removed'
    if (hashEntry(previous, line) !== line.hash) return 'entry-altered'
    entries++
    previous = line.hash
    addLeaf(peaks, { lastLeaf: entries, level: 0, hash: previous })
    return null
  }

  function checkCheckpoint(line: CheckpointLine): ExportFault | null {
    if (!keys.some((key) => verifySignature(key, checkpointText(line), line.signature))) return 'checkpoint-forged'
    if (line.ordinal > entries) return 'entry-removed'
    if (line.ordinal < entries || line.hash !== previous || line.treeHead !== headOf(peaks))
      return 'checkpoint-contradicted'
    completeUpTo = entries
    return null
  }

  function checkLine(text: string, number: number): Fault | null {
    const line = readExportLine(text)
    if (line === null) return { ordinal: null, reason: number === 1 ? 'not-an-export' : 'line-unreadable' }
    if (line.kind === 'header' || number === 1) {
      const isRight = line.kind === 'header' && number === 1 && line.format === EXPORT_FORMAT
      return isRight ? null : { ordinal: null, reason: 'not-an-export' }
    }
    if (line.kind === 'anchor') return null
    const reason = line.kind === 'entry' ? checkEntry(line) : checkCheckpoint(line)
    return reason === null ? null : { ordinal: line.ordinal, reason }
  }

  return {
    line: checkLine,
    isSigned: () => completeUpTo > 0 && completeUpTo === entries,
    result: (firstDivergence: ExportCheck['firstDivergence']): ExportCheck => ({
      ok: firstDivergence === null,
      entries,
      completeUpTo,
      firstDivergence,
    }),
  }
}
