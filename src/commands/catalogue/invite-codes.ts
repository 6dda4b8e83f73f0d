import { createHash, createHmac, type KeyObject } from 'node:crypto'
import { parse, stringify } from 'uuid'

const ID_BYTES = 16
const SECRET_BYTES = 16

/** What a code leads to: a chat, and the invite by what the log keeps of it. */
export interface InviteLink {
  chatId: string
  invite: string
}

/**
 * Codes of invites: base64url of the chat's id and a secret. The secret comes from the id of the command that makes the invite, so that
 * a repeat gives the same code, and nobody's guess without the key; the log has only its hash.
 */
export interface InviteCodes {
  codeOf(chatId: string, commandId: string): string
  hashOf(commandId: string): string
  /** Null for what cannot be a code. */
  read(code: string): InviteLink | null
}

export function createInviteCodes(key: KeyObject): InviteCodes {
  const secretOf = (commandId: string): Buffer =>
    createHmac('sha256', key).update(commandId).digest().subarray(0, SECRET_BYTES)
  return {
    codeOf: (chatId, commandId) => Buffer.concat([parse(chatId), secretOf(commandId)]).toString('base64url'),
    hashOf: (commandId) => hashed(secretOf(commandId)),
    read(code) {
      const bytes = Buffer.from(code, 'base64url')
      // of one length, and in its one spelling
      if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== code) return null
      const chatId = idIn(bytes.subarray(0, ID_BYTES))
      return chatId === null ? null : { chatId, invite: hashed(bytes.subarray(ID_BYTES)) }
    },
  }
}

/** It has 128 random bits: a fast hash is enough. */
const hashed = (secret: Buffer): string => createHash('sha256').update(secret).digest('base64url')

function idIn(bytes: Buffer): string | null {
  try {
    return stringify(bytes)
  } catch {
    return null
  }
}
