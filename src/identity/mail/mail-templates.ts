/** One mail without its recipient. */
export interface MailContent {
  /** Names it in logs. */
  kind: string
  subject: string
  text: string
}

/**
 * The mails that Parley sends. Links lead to pages of the client at `PUBLIC_URL`, never to the host of a request; the token is in the
 * fragment, so that no server or proxy sees it.
 */
export function createMailTemplates(publicUrl: () => string) {
  const link = (page: string, token: string): string => `${publicUrl()}/${page}#token=${token}`
  return {
    confirmEmail: (token: string): MailContent => ({
      kind: 'confirm-email',
      subject: 'Please confirm your e-mail address',
      text: `To confirm that this is your address, open\n\n  ${link('confirm-email', token)}\n\nwithin 24 hours. If you did not ask for it, ignore this mail.\n`,
    }),
    resetPassword: (token: string): MailContent => ({
      kind: 'reset-password',
      subject: 'Choose a new password',
      text: `To choose a new password, open\n\n  ${link('reset-password', token)}\n\nwithin 30 minutes. If you did not ask for it, ignore this mail: your password stays as it is.\n`,
    }),
    passwordChanged: (bots: readonly BotTokenCount[]): MailContent => ({
      kind: 'password-changed',
      subject: 'Your password was changed',
      text: `Your password was changed, and your other sessions were ended.\n${tokensLeft(bots)}\nIf that was not you, choose a new password at once:\n\n  ${publicUrl()}/reset-password\n`,
    }),
    emailChangeAsked: (): MailContent => ({
      kind: 'email-change-asked',
      subject: 'Your e-mail address is about to change',
      text: `Someone who knows your password asked to change the e-mail address of your account. It changes once the new address is confirmed.\n\nIf that was not you, change your password at once: that cancels the change.\n`,
    }),
    emailChanged: (): MailContent => ({
      kind: 'email-changed',
      subject: 'Your e-mail address was changed',
      text: `Your account now uses another e-mail address instead of this one.\n\nIf that was not you, contact the operator of this installation.\n`,
    }),
    sessionEnded: (): MailContent => ({
      kind: 'session-ended',
      subject: 'One of your sessions was ended',
      text: `A refresh token was used twice. Someone may have copied it, so its session was ended; please log in again.\n\nIf it happens again, change your password.\n`,
    }),
  }
}

export type MailTemplates = ReturnType<typeof createMailTemplates>

/** A bot of the recipient, and how many tokens of it have not expired. */
export interface BotTokenCount {
  name: string | null
  id: string
  tokenCount: number
}

function tokensLeft(bots: readonly BotTokenCount[]): string {
  if (bots.length === 0) return ''
  const lines = bots.map(({ name, id, tokenCount }) => `  ${name ?? 'bot'} (${id}): ${tokenCount}\n`)
  return `\nThe tokens of your bots stay valid. Bots with tokens, and how many:\n\n${lines.join('')}`
}
