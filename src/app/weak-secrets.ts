import type { KeyObject } from 'node:crypto'
import { BlockList, isIP } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether other machines can reach a server that listens there; a name other than `localhost` may be any address. */
export function isExposed(host: string): boolean {
  if (host === 'localhost') return false
  const family = isIP(host)
  return family === 0 || !LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/** 32 random bytes hold fewer different ones about once in 10^14 times. */
const LEAST_DIFFERENT = 16

/** Repeated bytes, counted ones (0, 1, 2 …), or text: not a random key. A key that passes is not proved strong. */
export function isWeakKey(key: KeyObject): boolean {
  const bytes = key.export()
  return new Set(bytes).size < LEAST_DIFFERENT || isCounted(bytes) || isPrintable(bytes)
}

const isCounted = (bytes: Buffer): boolean => {
  const steps = new Set(bytes.subarray(1).map((byte, index) => byte - (bytes[index] ?? 0)))
  return steps.size === 1
}

/** A sentence, or the hexadecimal form of a key in the place of its bytes. */
const isPrintable = (bytes: Buffer): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f)

/** Words of examples, and of passwords that were typed. */
const TYPED = /example|change|secret|passw|metric|token|parley|admin|default|qwerty|123456|abcdef/i

/** One from an example, or typed by hand. Random characters hold such a word once in some hundred thousand times. */
export const isWeakToken = (token: string): boolean => TYPED.test(token) || new Set(token).size < 8
