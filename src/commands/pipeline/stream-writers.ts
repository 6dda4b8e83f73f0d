import type { PendingCommand } from './pending-command.js'
import type { StreamCache } from './stream-cache.js'
import { StreamWriter, type WriterDeps } from './stream-writer.js'

/** The writers at work: one per stream, for as long as commands on it wait. */
export class StreamWriters implements AsyncDisposable {
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, { writer: StreamWriter; done: Promise<void> }>()

  constructor(
    private readonly cache: StreamCache,
    private readonly deps: Omit<WriterDeps, 'stopping'>,
  ) {}

  add(stream: string, pending: PendingCommand): void {
    const running = this.#running.get(stream)
    if (running !== undefined) return running.writer.add(pending)
    const writer = new StreamWriter(this.cache.get(stream), { ...this.deps, stopping: this.#stopping.signal })
    writer.add(pending)
    const done = Promise.resolve().then(() => writer.run(() => this.#onIdle(stream)))
    this.#running.set(stream, { writer, done })
  }

  #onIdle(stream: string): void {
    this.#running.delete(stream)
    this.cache.weigh(stream)
  }

  /** Waits until nothing is in flight; not for appends that fail again and again when nobody waits for them any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done))
  }
}
