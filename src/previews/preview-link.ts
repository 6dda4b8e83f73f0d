import { LRUCache } from 'lru-cache'
import { limitConcurrency } from '../async/limit-concurrency.js'
import type { LinkPreview } from '../domain/chat/events.js'
import type { Fetched } from '../outbound/outcome.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import { decodePage } from './decode-page.js'
import { parsePage } from './parse-page.js'

/** A preview, or null where the page has none to give; `later` where asking again may help. */
export type LinkOutcome = LinkPreview | null | 'later'

export type PreviewLink = (url: string, signal: AbortSignal) => Promise<LinkOutcome>

export interface PreviewLinkDeps {
  safeFetch: SafeFetch
  /** Hides what is not to be said here. */
  mask(text: string): string
}

const KNOWN = { max: 1_000, ttl: 10 * 60_000 }
const MAX_AT_ONCE = 4
const HEADERS = { accept: 'text/html,application/xhtml+xml', 'user-agent': 'Parley link preview' }
const PASSING = ['unreachable', 'unresolvable', 'timed-out']

/** Four pages at once, one page of a host at a time, and the same page not again within ten minutes. */
export function createPreviewLink({ safeFetch, mask }: PreviewLinkDeps): PreviewLink {
  const known = new LRUCache<string, { preview: LinkPreview | null }>(KNOWN)
  const limited = limitConcurrency(MAX_AT_ONCE)
  const turns = new Map<string, Promise<unknown>>()

  async function look(url: string, signal: AbortSignal): Promise<LinkOutcome> {
    const before = known.get(url)
    if (before !== undefined) return before.preview
    const outcome = outcomeOf(url, await safeFetch(url, { headers: HEADERS, signal }), mask)
    if (outcome !== 'later') known.set(url, { preview: outcome })
    return outcome
  }

  return (url, signal) => {
    if (!URL.canParse(url)) return Promise.resolve(null)
    const { host } = new URL(url)
    const turn = (turns.get(host) ?? Promise.resolve()).then(() => limited(() => look(url, signal)))
    turns.set(host, turn)
    return turn.finally(() => {
      if (turns.get(host) === turn) turns.delete(host)
    })
  }
}

function outcomeOf(url: string, fetched: Fetched, mask: (text: string) => string): LinkOutcome {
  if (fetched.kind === 'refused') return PASSING.includes(fetched.code) ? 'later' : null
  const { status, headers, body } = fetched
  if (status === 429 || status >= 500) return 'later'
  const contentType = headers['content-type'] ?? ''
  if (status !== 200 || !/^(text\/html|application\/xhtml\+xml)\b/i.test(contentType.trim())) return null
  const { title, description, imageUrl } = parsePage(decodePage(body, contentType), fetched.url)
  if (title === null && description === null && imageUrl === null) return null
  const masked = (text: string | null): string | null => (text === null ? null : mask(text))
  return { url, title: masked(title), description: masked(description), imageUrl }
}
