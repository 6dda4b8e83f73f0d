import { LRUCache } from 'lru-cache'
import { markdownToHtml } from './markdown.js'
import { renderEscaped, renderPlainText } from './plain-text.js'
import { sanitise } from './sanitise.js'

/** A message's `contentHtml`: safe for innerHTML whatever the content is. */
export type RenderContent = (content: string) => string

/** Bound of what is kept, in UTF-16 units of content and rendering. */
const MAX_KEPT = 4_000_000

/** A rendering may have 8 KiB, or eight times the bytes of its content where that is more. */
const MIN_HTML_BOUND = 8 * 1_024
const MAX_HTML_FACTOR = 8

/** What the rendering of a content may have at most, in bytes of UTF-8. */
export const maxHtmlBytes = (content: string): number =>
  Math.max(MIN_HTML_BOUND, MAX_HTML_FACTOR * Buffer.byteLength(content))

/** Through parser and sanitiser, as everything that is not plain; shown as it was written where that gives too much. */
export function renderMarkdown(content: string): string {
  const parsed = markdownToHtml(content)
  if (parsed === null) return renderEscaped(content)
  const html = sanitise(parsed).trimEnd()
  return Buffer.byteLength(html) > maxHtmlBytes(content) ? renderEscaped(content) : html
}

export interface ContentRenderer {
  renderContent: RenderContent
  /** Drops what is kept, so that nothing of an erased message stays in memory. */
  forget(): void
}

/**
 * Most messages are plain text and take no parser; of the others the latest are kept. Plain ones are not looked up there: the look-ups of a
 * page of messages would cost more than rendering them.
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

/** Without masking blocked words, and without a cache. */
export const renderContent: RenderContent = (content) => renderPlainText(content) ?? renderMarkdown(content)
