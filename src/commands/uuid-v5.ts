import { hash } from 'node:crypto'

/** By the two highest bits of the variant's digit, which are `10`. */
const VARIANT_DIGITS = '89ab'

/**
 * UUIDs of version 5 (RFC 9562) in one namespace: of the same name always the same. With one call of SHA-1, which makes it several times as
 * fast as the library's.
 */
export function createUuidV5(namespace: string): (name: string) => string {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  return (name) => {
    const digits = hash('sha1', Buffer.concat([prefix, Buffer.from(name)]), 'hex')
    const variant = VARIANT_DIGITS[Number.parseInt(digits.slice(16, 17), 16) & 3] ?? ''
    const [low, mid] = [digits.slice(0, 8), digits.slice(8, 12)]
    return `${low}-${mid}-5${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  }
}
