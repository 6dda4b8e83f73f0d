import { createSignal } from '../async/signal.js'

/** Commands, and the characters of their lines. */
interface Load {
  commands: number
  characters: number
}

/** Commands that wait for their append at the same time. */
const MAX_WAITING: Load = { commands: 200, characters: 256 * 1024 }
/** Commands that may be done before the projections have examined the first of them. */
const MAX_UNPROJECTED: Load = { commands: 2_000, characters: 512 * 1024 }

const isFull = (load: Load, max: Load): boolean => load.commands >= max.commands || load.characters >= max.characters

/** Keeps an import at the pace of the log and of the projections, within bounded memory. */
export interface ImportPace {
  /** Counts a command until it has ended; its position is null where it appended nothing. Never rejects. */
  run(characters: number, command: Promise<string | null>): void
  /** Resolves when another command may be started. */
  ready(): Promise<void>
  /** Resolves when all commands have ended. */
  idle(): Promise<void>
}

/** `projected` resolves once the projections have examined a position. `onFailure` receives what commands reject with. */
export function createImportPace(
  projected: (position: string) => Promise<unknown>,
  onFailure: (error: Error) => void,
): ImportPace {
  const ended = createSignal()
  const waiting: Load = { commands: 0, characters: 0 }
  const unprojected: Load = { commands: 0, characters: 0 }
  const done: { position: string; characters: number }[] = []

  async function count(characters: number, command: Promise<string | null>): Promise<void> {
    add(waiting, characters)
    try {
      const position = await command
      if (position === null) return
      done.push({ position, characters })
      add(unprojected, characters)
    } catch (error) {
      onFailure(error as Error)
    } finally {
      remove(waiting, characters)
      ended.notify()
    }
  }

  return {
    run: (characters, command) => void count(characters, command),
    async ready() {
      // Each Promise.race would leave a reaction in every promise that it waits for.
      while (isFull(waiting, MAX_WAITING)) await ended.wait(ended.count)
      if (!isFull(unprojected, MAX_UNPROJECTED)) return
      const first = done.splice(0, Math.ceil(done.length / 2))
      await projected(first.at(-1)?.position ?? '')
      for (const { characters } of first) remove(unprojected, characters)
    },
    async idle() {
      while (waiting.commands > 0) await ended.wait(ended.count)
    },
  }
}

function add(load: Load, characters: number): void {
  load.commands++
  load.characters += characters
}

function remove(load: Load, characters: number): void {
  load.commands--
  load.characters -= characters
}
