import { LRUCache } from 'lru-cache'
import { markdown } from './markdown.js'
import { renderPlainText } from './plain-text.js'
import { sanitise } from './sanitise.js'

/** A message's `contentHtml`: safe for innerHTML whatever the content is. */
export type RenderContent = (content: string) => string

/** Bound of what is kept, in UTF-16 units of content and rendering. */
const MAX_KEPT = 4_000_000

/** Rendering through parser and sanitiser, as everything that is not plain goes. */
export const renderMarkdown: RenderContent = (content) => sanitise(markdown.render(content)).trimEnd()

export interface ContentRenderer {
  renderContent: RenderContent
  /** Drops what is kept: somebody's words are not to be had any more. */
  forget(): void
}

/**
 * Most messages are plain text and take no parser; of the others the latest are kept. What is plain is not even looked for there: a
 * page of messages would spend more on the looking than on the rendering.
 */
export function createContentRenderer(mask?: (content: string) => string): ContentRenderer {
  const kept = new LRUCache<string, string>({
    maxSize: MAX_KEPT,
    sizeCalculation: (html, content) => 1 + html.length + content.length,
  })

  function keep(content: string, html: string): string {
    kept.set(content, html)
    return html
  }

  const unmasked: RenderContent = (content) =>
    renderPlainText(content) ?? kept.get(content) ?? keep(content, renderMarkdown(content))

  function masked(given: string, content: string): string {
    const plain = renderPlainText(content)
    return plain !== null && content === given ? plain : keep(given, plain ?? renderMarkdown(content))
  }

  return {
    renderContent: mask === undefined ? unmasked : (given) => kept.get(given) ?? masked(given, mask(given)),
    forget: () => kept.clear(),
  }
}

/** Without blocked words, and without keeping anything. */
export const renderContent: RenderContent = (content) => renderPlainText(content) ?? renderMarkdown(content)
