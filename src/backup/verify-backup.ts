import { createPublicKey } from 'node:crypto'
import { type ChainEntry, FIRST_HASH, entryOf, hashEntry } from '../audit/chain/chain-entry.js'
import { checkpointText, type Checkpoint } from '../audit/checkpoints/checkpoint.js'
import { verifySignature } from '../audit/checkpoints/signing-keys.js'
import { addLeaf, headOf, type Subtree } from '../audit/merkle/subtrees.js'
import { BackupError } from './backup-error.js'
import type { BackupHeader, EventTuple } from './backup-lines.js'
import { readBackup } from './read-backup.js'
import { toEvent } from './to-event.js'

export interface VerifiedBackup {
  header: BackupHeader
  events: number
  /** Of chain and tree at the last event. */
  hash: string
  treeHead: string
  /** The last event that a right signature covers. */
  signedUpTo: number
  /** Recorded time of the last event; empty where there is none. */
  lastAt: string
  /** Up to which event each follower has handled the log. */
  followers: readonly { name: string; ordinal: number }[]
  /** Events that a projection passes over. */
  skipped: readonly { projection: string; ordinal: number }[]
}

export interface VerifyBackupOptions {
  /** Called for each event, in order. */
  onEntry?(entry: ChainEntry & { hash: string }): void
}

/**
 * Reads a whole backup and computes everything again that can be: the digest of the file, the audit chain and tree, the signed checkpoints, and
 * that versions have no gaps.
 * @throws BackupError for the first thing that is wrong
 */
export async function verifyBackup(file: string, { onEntry }: VerifyBackupOptions = {}): Promise<VerifiedBackup> {
  const fail = (reason: string): never => {
    throw new BackupError(`${file}: ${reason}`)
  }
  const peaks: Subtree[] = []
  const followers: { name: string; ordinal: number }[] = []
  const skipped: { projection: string; ordinal: number }[] = []
  let header: BackupHeader | null = null
  let [ordinal, hash, signedUpTo, lastAt] = [0, FIRST_HASH, 0, '']
  let isEnded = false

  function take(tuple: EventTuple): void {
    ordinal++
    const entry = entryOf(toEvent(tuple, ordinal), ordinal)
    hash = hashEntry(hash, entry)
    lastAt = entry.at
    addLeaf(peaks, { lastLeaf: ordinal, level: 0, hash })
    onEntry?.({ ...entry, hash })
  }

  function checkSignature({ publicKeys }: BackupHeader, checkpoint: Checkpoint): void {
    const key = publicKeys.find(({ kid }) => kid === checkpoint.kid)
    if (checkpoint.ordinal !== ordinal) fail(`the checkpoint of entry ${checkpoint.ordinal} is in the wrong place`)
    if (checkpoint.hash !== hash || checkpoint.treeHead !== headOf(peaks))
      fail(`the events up to ${ordinal} are not what was signed`)
    if (
      key === undefined ||
      !verifySignature(createPublicKey(key.publicKey), checkpointText(checkpoint), checkpoint.signature)
    )
      fail(`the signature of the checkpoint at entry ${ordinal} is wrong`)
    signedUpTo = ordinal
  }

  for await (const line of readBackup(file)) {
    if (isEnded) fail('something follows its end')
    if ('format' in line) header = line
    else if ('event' in line) take(line.event)
    else if ('checkpoint' in line) checkSignature(header ?? fail('has no header'), line.checkpoint)
    else if ('follower' in line) followers.push(line.follower)
    else if ('skipped' in line) skipped.push(line.skipped)
    else if ('end' in line) {
      const { end } = line
      isEnded = end.events === ordinal && end.hash === hash && end.treeHead === headOf(peaks)
      if (!isEnded) fail(`the chain of its ${ordinal} events is not the one that was backed up`)
    }
  }
  if (header === null || !isEnded) return fail('is incomplete')
  return { header, events: ordinal, hash, treeHead: headOf(peaks), signedUpTo, lastAt, followers, skipped }
}
