import { createBlockedWords } from '../content/blocked-words.js'
import { createContentRenderer, type ContentRenderer } from '../content/render-content.js'
import type { BlockedWordsPolicy, FeatureFlags } from '../flags/feature-flags.js'
import type { Config } from './config.js'

/** How an installation treats blocked words. */
export interface ContentPolicy extends ContentRenderer {
  /** Whether this user may not send one of these. */
  isRefused(contents: readonly string[], userId: string): Promise<boolean>
  /** For texts that are shown with a message, such as link previews. */
  mask(text: string): string
  /** To be called when the flags have changed. */
  refresh(): Promise<void>
}

type Words = Pick<Config, 'blockedWords' | 'allowedWords'>

/**
 * Refusing depends on the sender. Masking is the same for all: what a message is rendered as must not depend on who asks, so it follows the policy
 * of the installation as a whole.
 */
export async function createContentPolicy(
  { blockedWords, allowedWords }: Words,
  flags: Pick<FeatureFlags, 'blockedWordsPolicy'>,
): Promise<ContentPolicy> {
  const words = createBlockedWords(blockedWords, allowedWords)
  const plain = createContentRenderer()
  const masking = createContentRenderer(words.mask)
  let policy: BlockedWordsPolicy = 'off'

  async function refresh(): Promise<void> {
    policy = await flags.blockedWordsPolicy(null)
  }

  await refresh()
  return {
    refresh,
    renderContent: (content) => (policy === 'mask' ? masking : plain).renderContent(content),
    mask: (text) => (policy === 'off' ? text : words.mask(text)),
    async isRefused(contents, userId) {
      if (blockedWords.length === 0 || !contents.some(words.areIn)) return false
      return (await flags.blockedWordsPolicy(userId)) === 'refuse'
    },
    forget() {
      plain.forget()
      masking.forget()
    },
  }
}
