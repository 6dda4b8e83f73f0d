import type { RecordedEvent } from '../../eventstore/event-log.js'
import type { Snapshot } from './snapshots.js'
import type { StreamDeps } from './stream-deps.js'
import type { AnyStreamKind } from './stream-kind.js'

const SNAPSHOT_EVERY = 1_000

/** The snapshots of one stream: which may be used, and when the next one is due. */
export class StreamSnapshots {
  /** Of the last one that was loaded or saved. */
  #version = 0
  #saving: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly stream: string,
    private readonly rules: AnyStreamKind['snapshot'],
    private readonly deps: StreamDeps,
  ) {}

  /**
   * The snapshot with its state, where it is newer than `version`; null for none that can be used: one of another `evolveVersion`, of another log,
   * or ahead of a log that was restored from a backup.
   */
  async load(version: number): Promise<(Omit<Snapshot, 'state'> & { state: unknown }) | null> {
    const found = await this.deps.snapshots.load(this.stream)
    if (found === null || found.evolveVersion !== this.rules.evolveVersion || found.version <= version) return null
    const recorded = await this.#eventAt(found.version)
    if (recorded?.position !== found.position) return null
    this.#version = found.version
    return { ...found, state: this.rules.fromJson(JSON.parse(found.state)) }
  }

  #eventAt(version: number): Promise<RecordedEvent | undefined> {
    const { log, limitReads } = this.deps
    return limitReads(async () => (await log.readStream(this.stream, { after: version - 1, limit: 1 }))[0])
  }

  /** Saves one where it is due. No command waits for it; where it fails, the next one is saved when that is due. */
  saveIfDue({
    version,
    position,
    lastAt,
    state,
  }: {
    version: number
    position: string
    lastAt: string
    state: unknown
  }) {
    if (version - this.#version < SNAPSHOT_EVERY) return
    this.#version = version
    const { evolveVersion, toJson } = this.rules
    const snapshot = {
      stream: this.stream,
      evolveVersion,
      version,
      position,
      lastAt,
      state: JSON.stringify(toJson(state)),
    }
    this.#saving = this.#saving.then(() => this.deps.snapshots.save(snapshot))
  }
}
