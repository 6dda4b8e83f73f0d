import type { MailContent } from './mail-templates.js'
import type { MailQueue } from './mail-queue.js'
import type { Background } from '../background.js'

/** Sends mails after the answer: it returns at once and never throws. */
export interface MailSender {
  toAddress(email: string, mail: MailContent): void
  /** To the address that the user has when it is sent; dropped if they have none. */
  toUser(userId: string, mail: MailContent): void
}

export interface MailSenderDeps {
  queue: MailQueue
  background: Background
  addressOf: (userId: string) => Promise<{ email: string } | null>
}

export const createMailSender = ({ queue, background, addressOf }: MailSenderDeps): MailSender => ({
  toAddress: (email, mail) => queue.send(email, mail),
  toUser: (userId, mail) =>
    background.run(mail.kind, async () => {
      const address = await addressOf(userId)
      if (address !== null) queue.send(address.email, mail)
    }),
})
