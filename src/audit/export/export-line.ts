import { z } from 'zod'

const digest = z.string().regex(/^[\da-f]{64}$/)
const ordinal = z.int().min(1)

export const entrySchema = z.object({
  ordinal,
  stream: z.string(),
  version: z.int(),
  id: z.string(),
  type: z.string(),
  at: z.string(),
  dataDigest: digest,
  metadataDigest: digest,
})

export const checkpointSchema = z.object({
  ordinal,
  hash: digest,
  treeHead: digest,
  at: z.string(),
  kid: z.string(),
  signature: z.string().regex(/^[\da-f]{128}$/),
})

const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('header'), format: z.string() }),
  entrySchema.extend({ kind: z.literal('entry'), hash: digest }),
  checkpointSchema.extend({ kind: z.literal('checkpoint') }),
  z.object({ kind: z.literal('anchor') }),
])

export type ExportLine = z.output<typeof lineSchema>
export type EntryLine = Extract<ExportLine, { kind: 'entry' }>
export type CheckpointLine = Extract<ExportLine, { kind: 'checkpoint' }>

/** Null for a line of no known kind or form. */
export function readExportLine(text: string): ExportLine | null {
  const parsed = lineSchema.safeParse(parseJson(text))
  return parsed.success ? parsed.data : null
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
