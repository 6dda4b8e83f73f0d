/** One mail, without its address. */
export interface Letter {
  /** What it is, in logs. */
  kind: string
  subject: string
  text: string
}

/**
 * What Parley writes to people. Links lead to pages of the client at `PUBLIC_URL`, never to what a request said the host is; the token
 * stands behind the `#`, so that no server and no proxy sees it.
 */
export function createLetters(publicUrl: () => string) {
  const link = (page: string, token: string): string => `${publicUrl()}/${page}#token=${token}`
  return {
    confirmEmail: (token: string): Letter => ({
      kind: 'confirm-email',
      subject: 'Please confirm your e-mail address',
      text: `To confirm that this is your address, open\n\n  ${link('confirm-email', token)}\n\nwithin 24 hours. If you did not ask for it, do nothing.\n`,
    }),
    resetPassword: (token: string): Letter => ({
      kind: 'reset-password',
      subject: 'A new password',
      text: `To choose a new password, open\n\n  ${link('reset-password', token)}\n\nwithin 30 minutes. If you did not ask for it, do nothing: your password stays as it is.\n`,
    }),
    passwordChanged: (): Letter => ({
      kind: 'password-changed',
      subject: 'Your password was changed',
      text: `Your password was changed, and your other sessions were ended.\n\nIf that was not you, choose a new one at once:\n\n  ${publicUrl()}/reset-password\n`,
    }),
    emailChangeAsked: (): Letter => ({
      kind: 'email-change-asked',
      subject: 'Your e-mail address is about to change',
      text: `Someone who knows your password asked that your account use another e-mail address. It changes once that address is confirmed.\n\nIf that was not you, change your password at once: then nothing comes of it.\n`,
    }),
    emailChanged: (): Letter => ({
      kind: 'email-changed',
      subject: 'Your e-mail address was changed',
      text: `Your account now uses another e-mail address, and no longer this one.\n\nIf that was not you, tell whoever runs this installation.\n`,
    }),
    sessionEnded: (): Letter => ({
      kind: 'session-ended',
      subject: 'A session of yours was ended',
      text: `A refresh token was used for a second time. Someone may have copied it, so that session was ended; please log in again.\n\nIf it happens again, change your password.\n`,
    }),
  }
}

export type Letters = ReturnType<typeof createLetters>
