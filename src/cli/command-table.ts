import { dropProjectionCommand } from './analytics/drop-command.js'
import { showReaderUrl } from './analytics/url-command.js'
import { exportProjectionCommand, newProjectionCommand } from './analytics/new-and-export.js'
import { auditExport } from './audit/export-command.js'
import { auditVerify } from './audit/verify-command.js'
import { backupCommand } from './backup/backup-command.js'
import { restoreCommand } from './backup/restore-command.js'
import { verifyBackupCommand } from './backup/verify-command.js'
import { doctorAddresses } from './doctor/doctor-addresses.js'
import { doctorAudit } from './doctor/doctor-audit.js'
import { doctor } from './doctor/doctor-command.js'
import { doctorUnread } from './doctor/doctor-unread.js'
import { completionScript } from './completion.js'
import { importCommand } from './import-command.js'
import { rotateKeysCommand } from './keys/rotate-command.js'
import { tombstonesCommand } from './keys/tombstones-command.js'
import { copyLogCommand } from './log/copy-command.js'
import type { OperatorCommand } from './operator-command.js'
import { diffProjection, prepareProjections, rebuildProjections } from './projections/build-commands.js'
import { listProjections, showStatus } from './projections/show-projections.js'
import { skipProjectionEvent } from './projections/skip-command.js'
import {
  cancelBuild,
  pruneProjections,
  retryProjection,
  startProjection,
  stopProjection,
} from './projections/state-commands.js'
import { replayChat } from './replay/replay-chat.js'
import { replayUser } from './replay/replay-user.js'
import { setPasswordLink } from './set-password-link.js'
import { createUserCreate } from './user-create.js'
import { userInvite } from './user-invite.js'
import { userGrant, userRevoke } from './user-roles.js'

/** Every operator command, by the words that call it. */
const commandTable: Record<string, OperatorCommand> = {
  import: importCommand,
  projections: listProjections,
  'projections list': listProjections,
  'projections status': showStatus,
  'projections rebuild': rebuildProjections,
  'projections cancel': cancelBuild,
  'projections retry': retryProjection,
  'projections stop': stopProjection,
  'projections start': startProjection,
  'projections diff': diffProjection,
  'projections prepare': prepareProjections,
  'projections prune': pruneProjections,
  'projections skip': skipProjectionEvent,
  'projections new': newProjectionCommand,
  'projections drop': dropProjectionCommand,
  'projections url': showReaderUrl,
  'projections export': exportProjectionCommand,
  'audit verify': auditVerify,
  'audit export': auditExport,
  'replay chat': replayChat,
  'replay user': replayUser,
  'keys rotate': rotateKeysCommand,
  'keys tombstones': tombstonesCommand,
  backup: backupCommand,
  'backup verify': verifyBackupCommand,
  restore: restoreCommand,
  'log copy': copyLogCommand,
  doctor,
  'doctor unread': doctorUnread,
  'doctor addresses': doctorAddresses,
  'doctor audit': doctorAudit,
  'user create': createUserCreate(setPasswordLink),
  'user invite': userInvite,
  'user grant': userGrant,
  'user revoke': userRevoke,
}

export interface FoundCommand {
  /** The words that call it. */
  name: string
  command: OperatorCommand
  args: string[]
}

/** The command that the first two words or the first one call, with the other arguments. */
export function findCommand(argv: string[]): FoundCommand | null {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ')
    const command = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined
    if (command !== undefined) return { name, command, args: argv.slice(words) }
  }
  return null
}

/** For `parley completion <shell>`. @throws UsageError */
export const completionFor = (shell: string | undefined): string => completionScript(shell, commandTable)

/** Whether commands begin with this word. */
export const isGroup = (word: string): boolean => Object.keys(commandTable).some((name) => name.startsWith(`${word} `))

const WIDTH = 52

/** All commands; or those that begin with this word, where there are any. */
export function usageText(word = ''): string {
  const all = Object.entries(commandTable)
  const matching = all.filter(([name]) => name.split(' ')[0] === word)
  const lines = (matching.length > 0 ? matching : all).map(
    ([, { usage, summary }]) => `  parley ${usage.padEnd(WIDTH)} ${summary}`,
  )
  return `Usage:\n${lines.join('\n')}\n\n  --help after a command shows its usage; parley --version shows the version\n  eval "$(parley completion bash)" lets the shell complete commands; also zsh and fish`
}
