import { LRUCache } from 'lru-cache'
import { markdown } from './markdown.js'
import { renderPlainText } from './plain-text.js'
import { sanitise } from './sanitise.js'

/** A message's `contentHtml`: safe for innerHTML whatever the content is. */
export type RenderContent = (content: string) => string

/** Bound of what is kept, in UTF-16 units of content and rendering. */
const MOST_KEPT = 4_000_000

/** Rendering through parser and sanitiser, as everything that is not plain goes. */
export const renderMarkdown: RenderContent = (content) => sanitise(markdown.render(content)).trimEnd()

export interface ContentRenderer {
  renderContent: RenderContent
  /** Drops what is kept: somebody's words are not to be had any more. */
  forget(): void
}

/** Most messages are plain text and take no parser; of the others the latest are kept. */
export function createContentRenderer(mask: (content: string) => string = (content) => content): ContentRenderer {
  const kept = new LRUCache<string, string>({
    maxSize: MOST_KEPT,
    sizeCalculation: (html, content) => 1 + html.length + content.length,
  })

  function renderContent(given: string): string {
    const known = kept.get(given)
    if (known !== undefined) return known
    const content = mask(given)
    const plain = renderPlainText(content)
    if (plain !== null && content === given) return plain
    const html = plain ?? renderMarkdown(content)
    kept.set(given, html)
    return html
  }

  return { renderContent, forget: () => kept.clear() }
}

/** Without blocked words, and without keeping anything. */
export const renderContent: RenderContent = (content) => renderPlainText(content) ?? renderMarkdown(content)
