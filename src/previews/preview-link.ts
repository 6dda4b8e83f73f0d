import { LRUCache } from 'lru-cache'
import type { LinkPreview } from '../domain/chat/events.js'
import type { Fetched } from '../outbound/outcome.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import { decodePage } from './decode-page.js'
import { createHostTurns } from './host-turns.js'
import { parsePage } from './parse-page.js'

/** A preview, or null where the page has none; `later` where another attempt may help, `busy` where the host has no room now. */
export type LinkOutcome = LinkPreview | null | 'later' | 'busy'

export type PreviewLink = (url: string, signal: AbortSignal) => Promise<LinkOutcome>

export interface PreviewLinkDeps {
  safeFetch: SafeFetch
  /** Masks blocked words. */
  mask(text: string): string
}

const KNOWN = { max: 1_000, ttl: 10 * 60_000 }
const HEADERS = { accept: 'text/html,application/xhtml+xml', 'user-agent': 'Parley link preview' }
const TRANSIENT = ['unreachable', 'unresolvable', 'timed-out']

/** One page of a host at a time, and the same page not again within ten minutes. */
export function createPreviewLink({ safeFetch, mask }: PreviewLinkDeps): PreviewLink {
  const known = new LRUCache<string, { preview: LinkPreview | null }>(KNOWN)
  const inTurn = createHostTurns()

  async function fetchPreview(url: string, signal: AbortSignal): Promise<LinkOutcome> {
    const before = known.get(url)
    if (before !== undefined) return before.preview
    const outcome = outcomeOf(url, await safeFetch(url, { headers: HEADERS, signal }), mask)
    if (outcome === null || typeof outcome === 'object') known.set(url, { preview: outcome })
    return outcome
  }

  return async (url, signal) => {
    if (!URL.canParse(url)) return null
    const before = known.get(url)
    return before === undefined ? inTurn(new URL(url).hostname, () => fetchPreview(url, signal)) : before.preview
  }
}

function outcomeOf(url: string, fetched: Fetched, mask: (text: string) => string): LinkOutcome {
  if (fetched.kind === 'refused') return TRANSIENT.includes(fetched.code) ? 'later' : null
  const { status, headers, body } = fetched
  if (status === 429 || status >= 500) return 'later'
  const contentType = headers['content-type'] ?? ''
  if (status !== 200 || !/^(text\/html|application\/xhtml\+xml)\b/i.test(contentType.trim())) return null
  const { title, description, imageUrl } = parsePage(decodePage(body, contentType), fetched.url)
  if (title === null && description === null && imageUrl === null) return null
  const masked = (text: string | null): string | null => (text === null ? null : mask(text))
  return { url, title: masked(title), description: masked(description), imageUrl }
}
