import type { RunCommand } from '../commands/run-command.js'
import type { SecurityKind } from '../domain/security/events.js'
import type { SecurityEvents } from '../security/security-events.js'

/** Commands that a watchman wants to hear of, beside what they are in the log themselves. */
export const watchCommands =
  (run: RunCommand, security: SecurityEvents): RunCommand =>
  async (name, input, caller) => {
    const result = await run(name, input, caller)
    const type = result.kind === 'done' ? kindOf(name, input as object) : null
    if (type !== null) {
      const { ip, userAgent } = caller.client ?? caller.clientInfo ?? { ip: '', userAgent: '' }
      security.record({ type, ip, userAgent, userId: (input as { userId: string }).userId })
    }
    return result
  }

/** A logout is everyday, and the reuse of a refresh token is told of as such. */
function kindOf(name: string, input: object): SecurityKind | null {
  if (name === 'changeRoles') return 'role-granted'
  if (name !== 'revokeSession') return null
  const { reason } = input as { reason: string }
  return reason === 'logout' || reason === 'refresh-reuse' ? null : 'session-revoked'
}
