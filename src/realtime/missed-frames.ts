import pLimit from 'p-limit'
import type { ChatMembership } from '../projections/conversations/query-results.js'
import { encodeFrames, type EncodedFrames } from './encode-frames.js'
import type { VisibleFrames } from './past-frames.js'

export interface MissedPage {
  encoded: EncodedFrames
  /** The last version covered. */
  version: number
}

/** A page of what a socket missed of a chat, read after it was asked for. @throws what `VisibleFrames` throws */
export type MissedFrames = (
  chatMembership: Pick<ChatMembership, 'chatId' | 'version' | 'ranges'>,
  afterVersion: number,
  limit: number,
) => Promise<MissedPage>

/** Pages read at once, so that clients that resume leave the node room for other work. */
const AT_ONCE = 8

/** Sockets that wait for the same page share it: it is read, rendered and encoded once. None gets one that was begun before it asked. */
export function createMissedFrames(visibleFrames: VisibleFrames): MissedFrames {
  const limit = pLimit(AT_ONCE)
  /** Not begun yet. */
  const waiting = new Map<string, Promise<MissedPage>>()

  return ({ chatId, version, ranges }, afterVersion, most) => {
    const key = JSON.stringify([chatId, version, ranges, afterVersion, most])
    const shared = waiting.get(key)
    if (shared !== undefined) return shared
    const page = limit(async () => {
      waiting.delete(key)
      const { frames, version: upTo } = await visibleFrames({ chatId, version, ranges }, afterVersion, most)
      return { encoded: encodeFrames(frames), version: upTo }
    })
    waiting.set(key, page)
    return page
  }
}
