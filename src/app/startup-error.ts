/** What keeps Parley from starting and an operator can mend: one line that names the setting and the remedy. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
