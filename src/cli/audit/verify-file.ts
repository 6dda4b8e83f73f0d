import { createPublicKey, type KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { checkExport, type ExportCheck } from '../../audit/export/check-export.js'
import { checkReceipt, type ReceiptCheck } from '../../audit/export/check-receipt.js'
import { parseJson } from '../../audit/export/export-line.js'
import { CommandFailedError } from '../command-errors.js'
import { print } from '../output.js'

/** No receipt is longer: a path of 64 hashes, and time-stamps. */
const MAX_RECEIPT_BYTES = 1024 * 1024

/** Checks an export or a receipt with public keys from elsewhere: needs no database. The exit code. */
export async function verifyFile(file: string, keyFiles: readonly string[], isJson: boolean): Promise<number> {
  const keys = await Promise.all(keyFiles.map(readKey))
  const receipt = await readReceipt(file)
  const found = receipt === null ? await checkExport(linesOf(file), keys) : checkReceipt(receipt, keys)
  print(isJson ? JSON.stringify(found) : 'entries' in found ? exportReport(found) : receiptReport(found))
  return found.ok ? 0 : 1
}

async function readKey(file: string): Promise<KeyObject> {
  try {
    const key = createPublicKey(await readFile(file))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // named below
  }
  throw new CommandFailedError(`${file} is no public Ed25519 key in PEM: take it from GET /audit/keys`)
}

async function readReceipt(file: string): Promise<unknown> {
  try {
    if ((await stat(file)).size > MAX_RECEIPT_BYTES) return null
  } catch {
    throw new CommandFailedError(`${file} cannot be read`)
  }
  const content = parseJson(await readFile(file, 'utf8'))
  return Object.hasOwn(Object(content) as object, 'proof') ? content : null
}

const linesOf = (file: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(file), crlfDelay: Infinity })

function exportReport({ entries, completeUpTo, firstDivergence }: ExportCheck): string {
  if (firstDivergence === null) return `${entries} entries are right, and signed: none up to ${completeUpTo} is missing`
  const { line, ordinal, reason } = firstDivergence
  return `Line ${line}${ordinal === null ? '' : ` (entry ${ordinal})`} is wrong: ${reason}. None up to entry ${completeUpTo} is missing or altered`
}

function receiptReport({ entry, signedAt, reason }: ReceiptCheck): string {
  if (reason !== null || entry === null) return `The receipt is wrong: ${reason ?? 'not-a-receipt'}`
  const { ordinal, type, stream, version, at } = entry
  return `${type}, version ${version} of ${stream}, was entry ${ordinal} of the log at ${at}; signed at ${signedAt ?? ''}`
}
