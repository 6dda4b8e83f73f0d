import { v5 as uuidv5 } from 'uuid'
import type { RunSystemCommand } from '../commands/run-system-command.js'
import { linksIn } from '../content/links.js'
import { idOf } from '../domain/streams.js'
import type { EventLog } from '../eventstore/event-log.js'
import { KeyDestroyedError } from '../privacy/data-keys.js'
import type { EventReader, OpenedEvent } from '../privacy/event-reader.js'
import { saysSomething } from './follow-links.js'
import type { Job } from './jobs.js'
import type { PreviewLink } from './preview-link.js'

/** `later` where asking again may help. */
export type PreviewMessage = (job: Job, signal: AbortSignal) => Promise<'done' | 'later'>

export interface PreviewMessageDeps {
  log: Pick<EventLog, 'readStream'>
  reader: Pick<EventReader, 'decode' | 'open'>
  previewLink: PreviewLink
  run: RunSystemCommand
  inDirectChats: boolean
}

interface About {
  messageId: string
}

export const MAX_LINKS = 3
const MAX_LINK_LENGTH = 2_048

/** The same for the same message and what it said: previews are added once, however often they are looked for. */
export const previewsCommandId = (messageId: string, version: number): string =>
  uuidv5(`link-previews ${version}`, messageId)

/** Adds to a message what its links lead to. What is read is the log's own event, now: erased since, there is nothing to look for. */
export function createPreviewMessage({
  log,
  reader,
  previewLink,
  run,
  inDirectChats,
}: PreviewMessageDeps): PreviewMessage {
  async function isDirect(stream: string): Promise<boolean> {
    const [first] = await log.readStream(stream, { after: 0, limit: 1 })
    const event = first && reader.decode(first).event
    return event?.type === 'ChatCreated' && event.chatType === 'direct'
  }

  async function add(sent: OpenedEvent, event: About, previews: Parameters<typeof addInput>[2]) {
    const cause = { commandId: previewsCommandId(event.messageId, sent.version), causationId: sent.id }
    try {
      await run('addLinkPreviews', addInput(sent, event, previews), cause)
    } catch (error) {
      if (!(error instanceof KeyDestroyedError)) throw error // the author was erased meanwhile
    }
  }

  return async ({ stream, version }, signal) => {
    const [sent] = await reader.open(await log.readStream(stream, { after: version - 1, limit: 1 }))
    const event = sent?.event
    if (sent === undefined || event === undefined || !saysSomething(event)) return 'done'
    if (!inDirectChats && (await isDirect(stream))) return 'done'

    const links = linksIn(event.content, MAX_LINKS).filter(({ length }) => length <= MAX_LINK_LENGTH)
    const outcomes = await Promise.all(links.map((url) => previewLink(url, signal)))
    if (signal.aborted) return 'later'
    const previews = outcomes.filter((outcome) => outcome !== null && outcome !== 'later')
    if (previews.length === 0) return outcomes.includes('later') ? 'later' : 'done'
    await add(sent, event, previews)
    return 'done'
  }
}

const addInput = (
  { stream, version }: OpenedEvent,
  { messageId }: About,
  previews: readonly Exclude<Awaited<ReturnType<PreviewLink>>, null | 'later'>[],
) => ({
  chatId: idOf(stream),
  messageId,
  contentVersion: version,
  previews,
})
