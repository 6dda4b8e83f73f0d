import { z } from 'zod'

/** What clients send; unknown fields are refused. Compiled once. */

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/
const METADATA_BYTES = 8 * 1024

const textSchema = (most: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').replaceAll('\r\n', '\n').trim())
    .pipe(
      z
        .string()
        .min(1)
        .max(most)
        .refine((text) => !CONTROL.test(text) && text.isWellFormed()),
    )

const keySchema = z.string().regex(/^[\x21-\x7e]{1,128}$/)

export const idSchema = z.uuid()

export const messageSchema = z.strictObject({
  content: textSchema(10_000),
  type: z
    .string()
    .regex(/^[a-z0-9._-]{1,50}$/)
    .default('text'),
  metadata: z
    .record(z.string(), z.json())
    .refine((metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= METADATA_BYTES)
    .nullable()
    .default(null),
  clientMessageId: keySchema.optional(),
})

export type MessageInput = z.output<typeof messageSchema>

export const socketMessageSchema = messageSchema.extend({ chatId: idSchema })

export const keyHeaderSchema = keySchema.optional()

export const chatSchema = z.strictObject({
  name: textSchema(255).nullable().default(null),
  participantIds: z.array(idSchema).max(200),
})

export const readSchema = z.strictObject({ seq: z.int().min(0) })

const seqSchema = z.coerce.number().int().min(0)

export const pageSchema = z.strictObject({
  before: seqSchema.optional(),
  after: seqSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const listSchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })

export const registerSchema = z.strictObject({
  email: z.email().max(255),
  password: z.string().min(8).max(256),
  name: textSchema(255),
})

export const loginSchema = z.strictObject({ email: z.email(), password: z.string().min(1).max(256) })
