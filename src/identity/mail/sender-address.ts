/** The `From` of mails: `?from=` of `SMTP_URL`, otherwise `no-reply` at the host of the public URL. */
export function senderAddress(smtpUrl: string, publicUrl: string | null): string {
  const given = new URL(smtpUrl).searchParams.get('from')
  return given ?? `Parley <no-reply@${publicUrl === null ? 'localhost' : new URL(publicUrl).hostname}>`
}
