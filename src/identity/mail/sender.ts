/** From whom mails come: `?from=` of the mail server's URL, otherwise nobody who could be answered at the public URL's host. */
export function senderOf(smtpUrl: string, publicUrl: string | null): string {
  const given = new URL(smtpUrl).searchParams.get('from')
  return given ?? `Parley <no-reply@${publicUrl === null ? 'localhost' : new URL(publicUrl).hostname}>`
}
