import type { Config } from './config.js'
import { createBlockedWords } from './content/blocked-words.js'
import { createRenderContent, type RenderContent } from './content/render-content.js'

/** What an installation does about its blocked words. */
export interface ContentPolicy {
  renderContent: RenderContent
  isRefused(content: string): boolean
  /** For texts of others that are shown with a message. */
  mask(text: string): string
}

export function createContentPolicy({ blockedWords, blockedWordsPolicy }: Config): ContentPolicy {
  const asItIs = (text: string): string => text
  if (blockedWordsPolicy === 'off') {
    return { renderContent: createRenderContent(), isRefused: () => false, mask: asItIs }
  }
  const { areIn, mask } = createBlockedWords(blockedWords)
  if (blockedWordsPolicy === 'mask') return { renderContent: createRenderContent(mask), isRefused: () => false, mask }
  return { renderContent: createRenderContent(), isRefused: areIn, mask }
}
