import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Parse } from './setting.js'

export interface TokenKey {
  kid: string
  key: KeyObject
}

/** 32 bytes. */
export const masterKey: Parse<KeyObject> = (encoded) => {
  const bytes = base64(encoded)
  if (bytes?.length === 32) return { value: createSecretKey(bytes) }
  return { problem: 'must be 32 bytes in base64: make one with "openssl rand -base64 32"' }
}

/** Separated by commas. */
export const masterKeys: Parse<KeyObject[]> = (entries) => {
  const parsed = entries.split(',').map((entry) => masterKey(entry.trim()))
  const value = parsed.flatMap((one) => ('value' in one ? [one.value] : []))
  if (value.length === parsed.length) return { value }
  return { problem: 'must be keys of 32 bytes in base64, separated by commas' }
}

/** The first signs, all verify. */
export const tokenKeys: Parse<TokenKey[]> = (entries) => {
  const value = entries.split(',').flatMap((entry) => tokenKey(entry.trim()) ?? [])
  const isWhole = value.length === entries.split(',').length
  if (isWhole && new Set(value.map(({ kid }) => kid)).size === value.length) return { value }
  return {
    problem: 'must be kid:base64[,kid:base64…]: names that differ, each with a key of 32 bytes or more in base64',
  }
}

/** The first signs, all verify: each is the seed of an Ed25519 key. */
export const signingKeys: Parse<TokenKey[]> = (entries) => {
  const parsed = tokenKeys(entries)
  if ('value' in parsed && parsed.value.every(({ key }) => key.symmetricKeySize === 32)) return parsed
  return { problem: 'must be kid:base64[,kid:base64…]: names that differ, each with 32 bytes in base64' }
}

export const metricsToken: Parse<string> = (value) =>
  /^[\x21-\x7e]{16,256}$/.test(value)
    ? { value }
    : { problem: 'must be 16 to 256 visible ASCII characters: make one with "openssl rand -hex 24"' }

function tokenKey(entry: string): TokenKey | null {
  const [, kid, encoded = ''] = /^([\w.-]{1,64}):(.+)$/.exec(entry) ?? []
  const bytes = base64(encoded)
  return kid === undefined || bytes === null || bytes.length < 32 ? null : { kid, key: createSecretKey(bytes) }
}

/** Null where the text is not exactly what encoding its bytes gives: Node would skip the characters that do not belong. */
function base64(encoded: string): Buffer | null {
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '') ? bytes : null
}
