import { appendFile, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import nodemailer from 'nodemailer'

export interface Mail {
  to: string
  subject: string
  text: string
}

/** Hands one mail on, or throws. */
export interface Mailer {
  deliver(mail: Mail): Promise<void>
  close(): void
}

const ANSWER_MS = 20_000

/** By SMTP; `url` as nodemailer takes it, `smtp://user:password@host:587` or `smtps://`. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const timeouts = { connectionTimeout: ANSWER_MS, greetingTimeout: ANSWER_MS, socketTimeout: ANSWER_MS }
  const transport = nodemailer.createTransport({ url, pool: true, maxConnections: 2, ...timeouts })
  return {
    async deliver(mail) {
      // An address is given as an object: as text, nodemailer would look for several in it.
      await transport.sendMail({ ...mail, from, to: { name: '', address: mail.to } })
    },
    close: () => transport.close(),
  }
}

/** Into `mails.ndjson`, for want of a mail server: one JSON object a line, for the owner's eyes only. */
export function createFileMailer(dataDir: string): Mailer {
  const file = join(dataDir, 'mails.ndjson')
  return {
    async deliver(mail) {
      await mkdir(dataDir, { recursive: true })
      await appendFile(file, `${JSON.stringify(mail)}\n`, { mode: 0o600 })
      await chmod(file, 0o600)
    },
    close: () => undefined,
  }
}
