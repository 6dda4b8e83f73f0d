import MarkdownItClass, { type MarkdownIt } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import { createLinkFinder } from './link-patterns.js'
import { isLinkable, linkTarget, linkText } from './link-target.js'
import { limitRenderWork, TooMuchMarkupError } from './render-budget.js'

const DISABLED = [
  'image',
  'entity',
  'heading',
  'lheading',
  'hr',
  'table',
  'reference',
  'code',
  'html_block',
  'html_inline',
]

/**
 * The subset of Markdown that messages may use: emphasis, strong, strike, code, lists, quotes, links, line breaks. HTML is text; so
 * are headings, images, tables, entities and reference definitions.
 */
const markdown = createMarkdown()

/** What a message's Markdown gives, as HTML that is still to be sanitised; null where it has more markup than a message may. */
export const markdownToHtml = (content: string): string | null => unlessTooMuch(() => markdown.render(content, {}))

/** Where the message's links lead, in their order; none of those in code, and none where it has more markup than it may. */
export function linkTargets(content: string): string[] {
  const tokens = unlessTooMuch(() => markdown.parse(content, {})) ?? []
  const inline = tokens.flatMap(({ children }) => children ?? [])
  return inline.flatMap((token) => (token.type === 'link_open' ? [String(token.attrGet('href'))] : []))
}

function createMarkdown(): MarkdownIt {
  const made = new MarkdownItClass({ html: false, linkify: true, breaks: true, typographer: false })
  made.disable(DISABLED)
  made.use(cjkFriendly).use(limitRenderWork)
  made.linkify = createLinkFinder()
  made.validateLink = isLinkable
  made.normalizeLink = linkTarget
  made.normalizeLinkText = linkText
  made.renderer.rules['softbreak'] = () => '<br>'
  made.renderer.rules['hardbreak'] = () => '<br>'
  return made
}

function unlessTooMuch<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof TooMuchMarkupError) return null
    throw error
  }
}
