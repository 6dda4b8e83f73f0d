import { domainToASCII } from 'node:url'

const MAX_EMAIL_LENGTH = 255

/** `domainToASCII` reads its input as the host of a URL, where these would end or change the host. */
const URL_SYNTAX = /[\s/?#:@\\%[\]<>]/u

/**
 * One spelling per mailbox: trimmed, the local part in lower case and NFC, the domain as DNS spells it (punycode, lower case, no trailing
 * dot). Idempotent. A domain that is not valid is only put in lower case; `isEmail` refuses it.
 */
export function normaliseEmail(raw: string): string {
  const email = simplyNormalised(raw)
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  return at === -1 ? email : `${email.slice(0, at)}@${toAscii(domain) || domain}`
}

/** The spelling without regard to the domain: accounts that share a mailbox with an older one are stored, and log in, by it. */
export const simplyNormalised = (raw: string): string => raw.trim().toLowerCase().normalize('NFC')

/** Empty if it is not a valid domain. */
const toAscii = (domain: string): string => (URL_SYNTAX.test(domain) ? '' : domainToASCII(domain).replace(/\.+$/, ''))

/**
 * A local part, an @, and a valid domain; at most 255 code points, without brackets, control or formatting characters, because admins and
 * operators rely on what they read. Only a mail can tell whether it exists.
 */
export function isEmail(raw: string): boolean {
  const email = normaliseEmail(raw)
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return isSimpleEmail(raw) && isSimpleEmail(email) && !/[<>()[\]]/.test(email) && toAscii(domain) === domain
}

/** What was accepted before domains were normalised; still accepted at login. */
export function isSimpleEmail(raw: string): boolean {
  const email = simplyNormalised(raw)
  return (
    email.isWellFormed() &&
    /^[^\s\p{Cc}\p{Cf}@]+@[^\s\p{Cc}\p{Cf}@]+$/u.test(email) &&
    Array.from(email).length <= MAX_EMAIL_LENGTH
  )
}

/** The mailbox that an address most likely belongs to, for counting only: without a sub-address such as `+news`. */
export function mailboxOf(raw: string): string {
  const email = normaliseEmail(raw)
  const at = email.lastIndexOf('@')
  const plus = email.slice(0, at).indexOf('+')
  return plus <= 0 ? email : `${email.slice(0, plus)}${email.slice(at)}`
}
