import type { MessageView } from '../views.js'

/** Ids, names, times and the quote of a message, as JSON. */
const FIXED_BYTES = 5_000

/** A UTF-16 unit is at most three bytes of UTF-8; what JSON escapes is at most two. */
const BYTES_PER_UNIT = 3

/** More than the JSON of a message has bytes, without making that. */
export const messageBytesAtMost = ({ content, contentHtml, metadata, linkPreviews, reactions }: MessageView): number =>
  FIXED_BYTES +
  BYTES_PER_UNIT * ((content?.length ?? 0) + (contentHtml?.length ?? 0)) +
  [metadata, linkPreviews, reactions].reduce((sum, part) => sum + jsonBytes(part), 0)

const jsonBytes = (part: object | null): number =>
  part === null || (Array.isArray(part) && part.length === 0) ? 0 : BYTES_PER_UNIT * JSON.stringify(part).length
