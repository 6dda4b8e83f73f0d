import type { Letter } from './letters.js'
import type { MailQueue } from './mail-queue.js'
import type { Background } from '../background.js'

/** Sends letters, at once and without ever failing whoever asked for it. */
export interface Post {
  toAddress(email: string, letter: Letter): void
  /** To the address that they have then; to nobody where they have none. */
  toUserRef(userId: string, letter: Letter): void
}

export interface PostDeps {
  queue: MailQueue
  background: Background
  addressOf: (userId: string) => Promise<{ email: string } | null>
}

export const createPost = ({ queue, background, addressOf }: PostDeps): Post => ({
  toAddress: (email, letter) => queue.send(email, letter),
  toUserRef: (userId, letter) =>
    background.run(letter.kind, async () => {
      const address = await addressOf(userId)
      if (address !== null) queue.send(address.email, letter)
    }),
})
