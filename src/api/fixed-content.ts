import { createHash } from 'node:crypto'

/** What stays the same while the process runs, as text. */
export interface FixedContent {
  content: string
  /** With a strong ETag, by which a client that has it already is answered 304. */
  headers: Readonly<Record<string, string>>
}

export const fixedContent = (content: string, type: string): FixedContent => ({
  content,
  headers: {
    'Content-Type': type,
    'Cache-Control': 'no-cache', // it may be kept, and is validated each time
    ETag: `"${createHash('sha256').update(content).digest('base64url')}"`,
  },
})

/**
 * Whether the client has the content with this ETag. Compared weakly: a proxy that compresses makes it weak. Unlike `req.fresh`, it ignores
 * the `Cache-Control: no-cache` that `fetch` adds to such a request, which is meant for caches.
 */
export const isKnown = (etag: string | undefined, ifNoneMatch = ''): boolean =>
  etag !== undefined && ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === etag)
