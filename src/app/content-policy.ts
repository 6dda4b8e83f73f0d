import type { Config } from './config.js'
import { createBlockedWords } from '../content/blocked-words.js'
import { createContentRenderer, type ContentRenderer } from '../content/render-content.js'

/** How an installation treats blocked words. */
export interface ContentPolicy extends ContentRenderer {
  isRefused(content: string): boolean
  /** For texts that are shown with a message, such as link previews. */
  mask(text: string): string
}

export function createContentPolicy({ blockedWords, allowedWords, blockedWordsPolicy }: Config): ContentPolicy {
  const asItIs = (text: string): string => text
  if (blockedWordsPolicy === 'off') {
    return { ...createContentRenderer(), isRefused: () => false, mask: asItIs }
  }
  const { areIn, mask } = createBlockedWords(blockedWords, allowedWords)
  if (blockedWordsPolicy === 'mask') return { ...createContentRenderer(mask), isRefused: () => false, mask }
  return { ...createContentRenderer(), isRefused: areIn, mask }
}
