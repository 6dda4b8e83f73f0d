import { v5 as uuidv5 } from 'uuid'
import type { RunSystemCommand } from '../commands/run-system-command.js'
import { linksIn } from '../content/links.js'
import type { LinkPreview } from '../domain/chat/events.js'
import { idOf } from '../domain/streams.js'
import type { EventLog } from '../eventstore/event-log.js'
import { KeyDestroyedError } from '../privacy/data-keys.js'
import type { EventReader, OpenedEvent } from '../privacy/event-reader.js'
import { isReadableMessage } from './follow-links.js'
import type { Job } from './jobs.js'
import type { PreviewLink } from './preview-link.js'

/** `later` where another attempt may help; `busy` where a host has no room now. */
export type PreviewMessage = (
  job: Pick<Job, 'stream' | 'version'>,
  signal: AbortSignal,
) => Promise<'done' | 'later' | 'busy'>

export interface PreviewMessageDeps {
  log: Pick<EventLog, 'readStream'>
  reader: Pick<EventReader, 'decode' | 'open'>
  previewLink: PreviewLink
  run: RunSystemCommand
  /** Whether messages of this user get previews. */
  isOn(userId: string): Promise<boolean>
  inDirectChats: boolean
}

export const MAX_LINKS = 3
const MAX_LINK_LENGTH = 2_048

/** The same for the same version of the same message, so that its previews are added once. */
export const previewsCommandId = (messageId: string, version: number): string =>
  uuidv5(`link-previews ${version}`, messageId)

/** Adds previews of its links to a message, as the log has it now: one whose author was erased has no links any more. */
export function createPreviewMessage({
  log,
  reader,
  previewLink,
  run,
  isOn,
  inDirectChats,
}: PreviewMessageDeps): PreviewMessage {
  async function isDirect(stream: string): Promise<boolean> {
    const [first] = await log.readStream(stream, { after: 0, limit: 1 })
    const event = first && reader.decode(first).event
    return event?.type === 'ChatCreated' && event.chatType === 'direct'
  }

  async function add({ id, stream, version }: OpenedEvent, messageId: string, previews: readonly LinkPreview[]) {
    const input = { chatId: idOf(stream), messageId, contentVersion: version, previews }
    const cause = { commandId: previewsCommandId(messageId, version), causationId: id }
    try {
      await run('addLinkPreviews', input, cause)
    } catch (error) {
      if (!(error instanceof KeyDestroyedError)) throw error // the author was erased meanwhile
    }
  }

  return async ({ stream, version }, signal) => {
    const [sent] = await reader.open(await log.readStream(stream, { after: version - 1, limit: 1 }))
    const event = sent?.event
    if (sent === undefined || event === undefined || !isReadableMessage(event)) return 'done'
    if (!(await isOn(event.senderId))) return 'done'
    if (!inDirectChats && (await isDirect(stream))) return 'done'

    const links = linksIn(event.content, MAX_LINKS).filter(({ length }) => length <= MAX_LINK_LENGTH)
    const outcomes = await Promise.all(links.map((url) => previewLink(url, signal)))
    if (signal.aborted) return 'later'
    if (outcomes.includes('busy')) return 'busy'
    const previews = outcomes.filter((outcome) => outcome !== null && typeof outcome === 'object')
    if (previews.length === 0) return outcomes.includes('later') ? 'later' : 'done'
    await add(sent, event.messageId, previews)
    return 'done'
  }
}
