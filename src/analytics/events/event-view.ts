import { currentType } from '../../domain/any-event.js'
import { idOf } from '../../domain/streams.js'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import { BadMacError } from '../../privacy/bad-mac-error.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { ProjectionEvent } from '../projection-file.js'

/** Names of personal fields by the type of their event. */
export type PersonalFields = ReadonlyMap<string, readonly string[]>

/** Turns recorded events of these types into what analysts' projections receive; leaves all others out. */
export type ViewEvents = (recorded: readonly RecordedEvent[], types: ReadonlySet<string>) => Promise<ProjectionEvent[]>

export interface ViewDeps {
  reader: Pick<EventReader, 'decode' | 'open' | 'isAuthentic'>
  /** Whether an operator had an altered event skipped: it is left out then. */
  isSkipped(recorded: RecordedEvent): Promise<boolean>
}

/** Personal fields are left out unless they are listed. */
export function createViewEvents({ reader, isSkipped }: ViewDeps, personal: PersonalFields): ViewEvents {
  /** The listed fields of those events that have any. */
  async function openListed(events: readonly RecordedEvent[]): Promise<ReadonlyMap<RecordedEvent, object>> {
    const toOpen = events.filter(({ type }) => personal.has(currentType(type)))
    if (toOpen.length === 0) return new Map()
    const opened = await reader.open(toOpen)
    return new Map(toOpen.map((recorded, index) => [recorded, pick(opened[index]?.event ?? {}, fieldsOf(recorded))]))
  }

  /** @throws BadMacError */
  async function withoutSkipped(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    for (const event of events)
      if (!reader.isAuthentic(event) && !(await isSkipped(event))) throw new BadMacError(event)
    return events.filter((event) => reader.isAuthentic(event))
  }

  const fieldsOf = ({ type }: RecordedEvent): readonly string[] => personal.get(currentType(type)) ?? []

  return async (recorded, types) => {
    const wanted = await withoutSkipped(recorded.filter(({ type }) => types.has(currentType(type))))
    const listed = await openListed(wanted)
    return wanted.map((event) => {
      const { id, stream, version, position } = event
      const { event: publicEvent, metadata } = reader.decode(event)
      const { type, ...data } = publicEvent
      const { at, actor: userId } = metadata
      const place = { id, type, stream, chatId: chatIdOf(stream), version, position, at, userId }
      return { ...place, data: { ...data, ...listed.get(event) } } as ProjectionEvent
    })
  }
}

const pick = (event: object, fields: readonly string[]): object =>
  Object.fromEntries(Object.entries(event).filter(([field]) => fields.includes(field)))

const chatIdOf = (stream: string): string | null => (/^(chat|moderation)-/.test(stream) ? idOf(stream) : null)
