import type { Position } from '../../eventstore/event-log.js'

/** A command whose events stand in the stream, or are about to. */
export interface RecentCommand {
  /** Of its first event. */
  version: number
  fingerprint: string | null
  /** At or after its last event. */
  position: Position
}

/**
 * The commands of one stream's events after a position, for what the decision index has not reached. Bounded: what is
 * dropped moves `after` up, and with it the point from which this memory is complete.
 */
export interface RecentCommands {
  /** Complete for every event after this position. */
  readonly after: Position
  readonly size: number
  find(commandId: string): RecentCommand | undefined
  /** Called in the order of the stream. A command's later events change nothing but its position. */
  remember(commandId: string, command: RecentCommand): void
  /** Drops what is not after `position`, for the index knows it by now. */
  forgetUpTo(position: Position): void
  /** Something else that is kept beside it is complete only from there on. */
  moveTo(position: Position): void
}

export function createRecentCommands(
  start: Position,
  comparePositions: (a: Position, b: Position) => number,
  most = 10_000,
): RecentCommands {
  const commands = new Map<string, RecentCommand>()
  let after = start

  function dropFirst(commandId: string, position: Position): void {
    commands.delete(commandId)
    if (comparePositions(position, after) > 0) after = position
  }

  return {
    get after() {
      return after
    },
    get size() {
      return commands.size
    },
    find: (commandId) => commands.get(commandId),
    remember(commandId, command) {
      const known = commands.get(commandId)
      commands.set(commandId, known === undefined ? command : { ...known, position: command.position })
      if (commands.size <= most) return
      for (const [first, { position }] of commands) {
        dropFirst(first, position)
        return
      }
    },
    moveTo(position) {
      if (comparePositions(position, after) > 0) after = position
    },
    forgetUpTo(position) {
      if (comparePositions(position, after) <= 0) return
      for (const [commandId, command] of commands) {
        if (comparePositions(command.position, position) > 0) break
        commands.delete(commandId)
      }
      after = position
    },
  }
}
