const MAX_EMAIL_LENGTH = 255

/** One spelling per address. Idempotent. */
export const normaliseEmail = (raw: string): string => raw.trim().toLowerCase().normalize('NFC')

/**
 * Something, an @, something; at most 255 code points, without control or formatting characters, because admins and operators rely on
 * what they read. Only a mail can tell whether it exists.
 */
export function isEmail(raw: string): boolean {
  const email = normaliseEmail(raw)
  return (
    email.isWellFormed() &&
    /^[^\s\p{Cc}\p{Cf}@]+@[^\s\p{Cc}\p{Cf}@]+$/u.test(email) &&
    Array.from(email).length <= MAX_EMAIL_LENGTH
  )
}
