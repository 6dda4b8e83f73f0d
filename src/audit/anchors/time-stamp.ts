import { hash, randomBytes } from 'node:crypto'

/** What RFC 3161 asks of a time-stamp authority and gets, as far as Parley needs it; `openssl ts -verify` checks the authority's signature. */
export interface TimeStampQuery {
  /** DER: a TimeStampReq. */
  body: Buffer
  /** @throws Error where the answer is no time-stamp of what was asked */
  check(answer: Buffer): void
}

/** MessageImprint by SHA-256: everything before the digest. */
const IMPRINT = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const VERSION = Buffer.from('020101', 'hex')
const CERTIFICATE_WANTED = Buffer.from('0101ff', 'hex')
const INTEGER_OF_8 = Buffer.from('0208', 'hex')

export const imprintOf = (text: string): Buffer => Buffer.concat([IMPRINT, hash('sha256', text, 'buffer')])

/** Asks for a time-stamp of the SHA-256 digest of a text. */
export function timeStampQuery(text: string): TimeStampQuery {
  const imprint = imprintOf(text)
  const number = randomBytes(8)
  number[0] = ((number[0] ?? 0) & 0x3f) | 0x40 // positive, and no leading zeros
  const nonce = Buffer.concat([INTEGER_OF_8, number])
  const content = Buffer.concat([VERSION, imprint, nonce, CERTIFICATE_WANTED])
  return {
    body: Buffer.concat([Buffer.from([0x30, content.length]), content]),
    check(answer) {
      if (!isGranted(answer)) throw new Error('the time-stamp authority refused')
      if (!answer.includes(imprint) || !answer.includes(nonce)) throw new Error('the time-stamp is of something else')
    },
  }
}

/** TimeStampResp and PKIStatusInfo are sequences; the first thing in the latter is the status, 0 or 1 where a time-stamp was granted. */
function isGranted(answer: Buffer): boolean {
  const info = contentStart(answer, 0)
  const status = info === null ? null : contentStart(answer, info)
  return status !== null && answer[status] === 0x02 && answer[status + 1] === 1 && (answer[status + 2] ?? 9) <= 1
}

/** Where the content of the DER sequence at this place begins; null where there is none. */
function contentStart(der: Buffer, at: number): number | null {
  const length = der[at + 1]
  if (der[at] !== 0x30 || length === undefined) return null
  return at + 2 + (length < 0x80 ? 0 : length - 0x80)
}
