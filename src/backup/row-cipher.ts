import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { decrypt, encrypt } from '../privacy/aes-gcm.js'
import { BackupError } from './backup-error.js'
import type { Row } from './backup-lines.js'

const NONCE_BYTES = 12

/** Under a random key per backup, which serves far fewer rows than random nonces allow. */
export interface RowCipher {
  /** nonce ‖ ciphertext ‖ tag, in base64. */
  seal(table: string, row: Row): string
  /** @throws BackupError the row was sealed under another key */
  open(table: string, sealed: string): Row
}

export const newRowKey = (): string => randomBytes(32).toString('base64')

export function createRowCipher(rowKey: string, backupId: string): RowCipher {
  const key: KeyObject = createSecretKey(Buffer.from(rowKey, 'base64'))
  const boundTo = (table: string): string => JSON.stringify([backupId, table])
  return {
    seal(table, row) {
      const nonce = randomBytes(NONCE_BYTES)
      return Buffer.concat([nonce, encrypt(key, nonce, boundTo(table), JSON.stringify(row))]).toString('base64')
    },
    open(table, sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const text = decrypt(key, bytes.subarray(0, NONCE_BYTES), boundTo(table), bytes.subarray(NONCE_BYTES))
      if (text === null) throw new BackupError(`A row of ${table} cannot be decrypted: --keys is of another backup`)
      return JSON.parse(text.toString()) as Row
    },
  }
}
