const MAX_EMAIL_LENGTH = 255

/** One spelling per address, also for letters that can be written in two ways. Normalising twice changes nothing more. */
export const normaliseEmail = (raw: string): string => raw.trim().toLowerCase().normalize('NFC')

/**
 * Something, an @, something; at most 255 code points, none that nobody sees or that turns what stands around it, for admins and
 * operators go by what they read. Whether mail arrives there, only mail can tell.
 */
export function isEmail(raw: string): boolean {
  const email = normaliseEmail(raw)
  return (
    email.isWellFormed() &&
    /^[^\s\p{Cc}\p{Cf}@]+@[^\s\p{Cc}\p{Cf}@]+$/u.test(email) &&
    Array.from(email).length <= MAX_EMAIL_LENGTH
  )
}
