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

/** Most messages are plain text and take no parser; of the others the latest are kept. */
export function createRenderContent(mask: (content: string) => string = (content) => content): RenderContent {
  const kept = new LRUCache<string, string>({
    maxSize: MOST_KEPT,
    sizeCalculation: (html, content) => 1 + html.length + content.length,
  })
  return (given) => {
    const known = kept.get(given)
    if (known !== undefined) return known
    const content = mask(given)
    const plain = renderPlainText(content)
    if (plain !== null && content === given) return plain
    const html = plain ?? renderMarkdown(content)
    kept.set(given, html)
    return html
  }
}

/** Without a list of blocked words. */
export const renderContent: RenderContent = createRenderContent()
