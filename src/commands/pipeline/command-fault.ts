/** Why a command got no decision; each is answered 503 with Retry-After. The codes are listed in docs/errors.md. */
export type CommandFaultCode =
  /** Its append was sent and never answered: it may have been done. */
  | 'outcome-unknown'
  /** Its deadline passed before it was sent: nothing was done. */
  | 'too-busy'
  /** The decision index is too far behind to tell whether the command is a repeat. */
  | 'projection-behind'

export class CommandFault extends Error {
  override readonly name = 'CommandFault'
  constructor(readonly code: CommandFaultCode) {
    super(code)
  }
}
