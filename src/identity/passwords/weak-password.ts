import { dictionary } from '@zxcvbn-ts/language-common'
import { normaliseEmail, simplyNormalised } from '../accounts/email.js'

/** Those among the most common passwords that are long enough to be chosen here. */
const COMMON = new Set(dictionary['passwords-common'].map(foldPassword).filter((password) => password.length >= 8))

export interface PasswordOwner {
  name: string | null
  email: string | null
}

/** Why a new password is refused, as the end of "the password …"; null if it is not. Never asked at login. */
export function weaknessOf(password: string, { name, email }: PasswordOwner): string | null {
  const folded = foldPassword(password)
  if (/^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u.test(password)) return 'is only blanks'
  if (COMMON.has(folded)) return 'is one of the most common passwords'
  if (name !== null && folded === foldPassword(name)) return 'is the name'
  return email !== null && spellingsOf(email).includes(folded) ? 'is the e-mail address' : null
}

const spellingsOf = (email: string): string[] =>
  [simplyNormalised(email), normaliseEmail(email)]
    .flatMap((address) => [address, address.slice(0, address.lastIndexOf('@'))])
    .map(foldPassword)

function foldPassword(password: string): string {
  return password.normalize('NFKC').toLowerCase().trim()
}
