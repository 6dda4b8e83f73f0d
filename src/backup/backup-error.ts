/** A backup cannot be made, verified or restored; the message gives the reason and the remedy, for an operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
