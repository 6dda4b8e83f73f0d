import type { Config } from './config.js'
import { createBlockedWords } from '../content/blocked-words.js'
import { createContentRenderer, type ContentRenderer } from '../content/render-content.js'

/** What an installation does about its blocked words. */
export interface ContentPolicy extends ContentRenderer {
  isRefused(content: string): boolean
  /** For texts of others that are shown with a message. */
  mask(text: string): string
}

export function createContentPolicy({ blockedWords, blockedWordsPolicy }: Config): ContentPolicy {
  const asItIs = (text: string): string => text
  if (blockedWordsPolicy === 'off') {
    return { ...createContentRenderer(), isRefused: () => false, mask: asItIs }
  }
  const { areIn, mask } = createBlockedWords(blockedWords)
  if (blockedWordsPolicy === 'mask') return { ...createContentRenderer(mask), isRefused: () => false, mask }
  return { ...createContentRenderer(), isRefused: areIn, mask }
}
