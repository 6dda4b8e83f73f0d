import { z } from 'zod'
import type { AuditProofs } from '../../audit/proofs/audit-proofs.js'
import type { Receipt } from '../../audit/proofs/receipt.js'
import { orNotFound, versionHeader } from '../answers.js'
import { cursorSchema, limitSchema, ofMessageSchema, ordinalSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { checkpointShape, consistencyShape, receiptShape, signingKeyShape } from '../shapes/audit-shapes.js'
import { visibleMessage } from '../visible-message.js'

const isOrdinal = (cursor: string): boolean => /^[1-9]\d{0,14}$/.test(cursor)

/** @throws ProblemError `entry-not-found` or `not-yet-signed` */
async function receiptOf(proofs: Pick<AuditProofs, 'receipt'>, ordinal: number): Promise<Receipt> {
  const receipt = await proofs.receipt(ordinal)
  if (receipt === 'unsigned') throw new ProblemError('not-yet-signed')
  return orNotFound(receipt === 'absent' ? null : receipt, 'entry-not-found')
}

const listCheckpoints = route({
  method: 'get',
  path: '/audit/checkpoints',
  summary: 'Signed heads of the audit chain and of its Merkle tree, newest first, and where they are stored outside',
  access: 'auditor',
  recorded: false,
  query: z.strictObject({ after: cursorSchema(isOrdinal).nullable().default(null), limit: limitSchema }),
  answers: { 200: z.array(checkpointShape) },
  uses: ['auditProofs'],
  async handle({ query: { after, limit } }, { auditProofs }) {
    const found = await auditProofs.checkpoints(after === null ? Number.MAX_SAFE_INTEGER : Number(after), limit + 1)
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return answer(200, items, {
      links: found.length > limit && last !== undefined ? { next: { after: last.ordinal } } : {},
    })
  },
})

const listKeys = route({
  method: 'get',
  path: '/audit/keys',
  summary: 'The public keys that checkpoints are signed with, retired ones too',
  access: 'auditor',
  recorded: false,
  answers: { 200: z.array(signingKeyShape) },
  uses: ['auditProofs'],
  handle: (_context, { auditProofs }) => Promise.resolve(answer(200, [...auditProofs.keys])),
})

const showProof = route({
  method: 'get',
  path: '/audit/proofs',
  summary:
    'With `ordinal`: proves that the chain has this entry. With `from` and `to`: proves that the tree of `to` entries begins with that of `from` (RFC 9162)',
  access: 'auditor',
  recorded: false,
  query: z
    .strictObject({
      ordinal: ordinalSchema.nullable().default(null),
      from: ordinalSchema.nullable().default(null),
      to: ordinalSchema.nullable().default(null),
    })
    .refine(
      ({ ordinal, from, to }) => (ordinal === null ? from !== null && to !== null : from === null && to === null),
      'takes ordinal, or from and to',
    ),
  answers: { 200: z.union([receiptShape, consistencyShape]) },
  uses: ['auditProofs'],
  async handle({ query: { ordinal, from, to } }, { auditProofs }) {
    if (ordinal !== null) return answer(200, await receiptOf(auditProofs, ordinal))
    return answer(200, orNotFound(await auditProofs.consistency(from ?? 1, to ?? 1), 'entry-not-found'))
  },
})

const showReceipt = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId/receipt',
  summary: 'Proves that this message was sent then, without its content: to be kept, and checked without Parley',
  access: 'participant',
  cost: 3,
  params: ofMessageSchema,
  answers: { 200: receiptShape },
  uses: ['auditProofs', 'auditTrail', 'queries'],
  async handle({ params: { id, messageId }, caller }, { auditProofs, auditTrail, queries }) {
    const { version } = await visibleMessage(queries, id, caller, queries.message(id, messageId, caller.userId))
    const ordinal = await auditTrail.queries.ordinalOfMessage(messageId)
    if (ordinal === null) throw new ProblemError('not-yet-signed')
    const receipt = await auditProofs.receipt(ordinal)
    if (typeof receipt === 'string') throw new ProblemError('not-yet-signed')
    return answer(200, receipt, { headers: versionHeader(version) })
  },
})

const exportAll = route({
  method: 'get',
  path: '/audit/export',
  summary: 'The audit chain up to the last checkpoint, as lines of JSON: to be checked without Parley',
  access: 'auditor',
  cost: 10,
  answers: { 200: 'ndjson' },
  uses: ['auditProofs'],
  async handle(_context, { auditProofs }) {
    const lines = await auditProofs.export()
    if (lines === null) throw new ProblemError('not-yet-signed')
    return answer(200, lines)
  },
})

export const auditProofRoutes = [listCheckpoints, listKeys, showProof, exportAll, showReceipt]
