import { appendFile, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import nodemailer from 'nodemailer'

export interface Mail {
  to: string
  subject: string
  text: string
}

/** Transports a mail. `deliver` rejects if it could not. */
export interface Mailer {
  deliver(mail: Mail): Promise<void>
  close(): void
}

const TIMEOUT_MS = 20_000

/** Sends by SMTP; `url` as nodemailer takes it, `smtp://user:password@host:587` or `smtps://`. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = nodemailer.createTransport({ url, pool: true, maxConnections: 2, ...timeouts })
  return {
    async deliver(mail) {
      // As a string, nodemailer would parse it as a list of addresses.
      await transport.sendMail({ ...mail, from, to: { name: '', address: mail.to } })
    },
    close: () => transport.close(),
  }
}

/** Without a mail server: writes to `mails.ndjson`, one JSON object per line, readable by its owner only. */
export function createFileMailer(dataDir: string): Mailer {
  const file = join(dataDir, 'mails.ndjson')
  return {
    async deliver(mail) {
      await mkdir(dataDir, { recursive: true, mode: 0o700 })
      await appendFile(file, `${JSON.stringify(mail)}\n`, { mode: 0o600 })
      await chmod(file, 0o600)
    },
    close: () => undefined,
  }
}
