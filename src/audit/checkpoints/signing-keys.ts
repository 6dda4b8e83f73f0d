import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** Public keys by which others check signatures; the first signs. */
export interface PublicSigningKey {
  kid: string
  /** PEM. */
  publicKey: string
  isActive: boolean
}

export interface Signature {
  kid: string
  /** In hex. */
  signature: string
}

/** Ed25519 keys: one signs, all verify. */
export interface SigningKeys {
  sign(text: string): Signature
  verifies(text: string, signature: Signature): boolean
  readonly list: readonly PublicSigningKey[]
}

/** `seeds`: 32 bytes each. */
export function createSigningKeys(seeds: readonly { kid: string; key: KeyObject }[]): SigningKeys {
  const keys = seeds.map(({ kid, key }) => ({ kid, privateKey: privateKeyOf(key) }))
  const publicKeys = new Map(keys.map(({ kid, privateKey }) => [kid, createPublicKey(privateKey)]))
  const [active] = keys
  return {
    sign(text) {
      if (active === undefined) throw new Error('there is no key that signs')
      return { kid: active.kid, signature: sign(null, Buffer.from(text), active.privateKey).toString('hex') }
    },
    verifies(text, { kid, signature }) {
      const publicKey = publicKeys.get(kid)
      return publicKey !== undefined && verifySignature(publicKey, text, signature)
    },
    list: Array.from(publicKeys, ([kid, publicKey]) => ({
      kid,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      isActive: kid === active?.kid,
    })),
  }
}

export const verifySignature = (publicKey: KeyObject, text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex'))

/** What PKCS #8 puts before the seed of an Ed25519 key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

const privateKeyOf = (seed: KeyObject): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed.export()]), format: 'der', type: 'pkcs8' })
