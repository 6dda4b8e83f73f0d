import type { RecordedEvent } from '../eventstore/event-log.js'

/** An event is not as Parley wrote it: it was altered or forged. It stops its reader, which only an operator can have skip it. */
export class BadMacError extends Error {
  override readonly name = 'BadMacError'
  readonly code = 'bad-mac'
  readonly stream: string
  readonly version: number
  constructor({ stream, version }: Pick<RecordedEvent, 'stream' | 'version'>) {
    super(`${stream} ${version} was altered: its MAC is wrong`)
    this.stream = stream
    this.version = version
  }
}
