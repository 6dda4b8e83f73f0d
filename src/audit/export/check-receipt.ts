import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { hashEntry } from '../chain/chain-entry.js'
import { checkpointText } from '../checkpoints/checkpoint.js'
import { verifySignature } from '../checkpoints/signing-keys.js'
import { headByInclusion } from '../merkle/proofs.js'
import { checkpointSchema, entrySchema } from './export-line.js'

export interface ReceiptCheck {
  ok: boolean
  entry: z.output<typeof entrySchema> | null
  /** When the checkpoint was signed that covers the entry. */
  signedAt: string | null
  reason: 'not-a-receipt' | 'entry-not-proved' | 'checkpoint-forged' | null
}

const receiptSchema = z.object({
  entry: entrySchema.extend({ previousHash: z.string() }),
  proof: z.object({ leaf: z.int(), size: z.int(), path: z.array(z.string().regex(/^[\da-f]{64}$/)) }),
  checkpoint: checkpointSchema,
})

/** Checks a receipt by keys that the caller has from elsewhere. */
export function checkReceipt(given: unknown, keys: readonly KeyObject[]): ReceiptCheck {
  const parsed = receiptSchema.safeParse(given)
  if (!parsed.success) return { ok: false, entry: null, signedAt: null, reason: 'not-a-receipt' }
  const { entry, proof, checkpoint } = parsed.data
  const found = { entry, signedAt: checkpoint.at }
  const head = headByInclusion(hashEntry(entry.previousHash, entry), proof.leaf, proof.size, proof.path)
  const isOfEntry = proof.leaf === entry.ordinal && proof.size === checkpoint.ordinal
  if (!isOfEntry || head !== checkpoint.treeHead) return { ok: false, ...found, reason: 'entry-not-proved' }
  const isSigned = keys.some((key) => verifySignature(key, checkpointText(checkpoint), checkpoint.signature))
  return { ok: isSigned, ...found, reason: isSigned ? null : 'checkpoint-forged' }
}
