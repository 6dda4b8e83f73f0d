import type { Position } from '../../eventstore/event-log.js'

/** A command whose events are in the stream. */
export interface RecentCommand {
  /** Of its first event. */
  version: number
  fingerprint: string | null
  /** At or after its last event. */
  position: Position
}

/** The commands of one stream's latest events: those that the decision index may not have reached. Bounded. */
export class RecentCommands {
  readonly #commands = new Map<string, RecentCommand>()

  constructor(
    private readonly comparePositions: (a: Position, b: Position) => number,
    private readonly max = 10_000,
  ) {}

  get size(): number {
    return this.#commands.size
  }

  find(commandId: string): RecentCommand | undefined {
    return this.#commands.get(commandId)
  }

  /**
   * Called in the order of the stream. A command's later events change nothing but its position. Returns the position up to which a command
   * was dropped to make room; null for none.
   */
  add(commandId: string, command: RecentCommand): Position | null {
    const known = this.#commands.get(commandId)
    this.#commands.set(commandId, known === undefined ? command : { ...known, position: command.position })
    return this.size > this.max ? this.#dropFirst() : null
  }

  forgetUpTo(position: Position): void {
    for (const [commandId, command] of this.#commands) {
      if (this.comparePositions(command.position, position) > 0) return
      this.#commands.delete(commandId)
    }
  }

  #dropFirst(): Position | null {
    for (const [commandId, { position }] of this.#commands) {
      this.#commands.delete(commandId)
      return position
    }
    return null
  }
}
