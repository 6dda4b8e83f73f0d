import type { Position, RecordedEvent } from '../eventstore/event-log.js'

/** An event is not as Parley wrote it: it was altered or forged. It stops its reader, which only an operator can have skip it. */
export class BadMacError extends Error {
  override readonly name = 'BadMacError'
  readonly code = 'bad-mac'
  readonly stream: string
  readonly version: number
  readonly position: Position
  readonly eventType: string
  constructor({ stream, version, position, type }: Pick<RecordedEvent, 'stream' | 'version' | 'position' | 'type'>) {
    super(`${stream} ${version} was altered: its MAC is wrong`)
    this.stream = stream
    this.version = version
    this.position = position
    this.eventType = type
  }
}
