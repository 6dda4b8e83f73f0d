import MarkdownItClass, { type MarkdownIt } from 'markdown-it'

/** What a link may lead to. */
const LINKABLE = /^(?:https?:\/\/|mailto:)/i

/**
 * The subset of Markdown that messages may use: emphasis, strong, strike, code, lists, quotes, links, line breaks. HTML is text; so
 * are headings, images, tables, entities and reference definitions. Only what names its scheme becomes a link by itself.
 */
export const markdown = createMarkdown()

function createMarkdown(): MarkdownIt {
  const made = new MarkdownItClass({ html: false, linkify: true, breaks: true, typographer: false })
  made.disable([
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
  ])
  made.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
  made.linkify.add('ftp:', null).add('//', null)
  made.validateLink = (url) => LINKABLE.test(url)
  made.renderer.rules['softbreak'] = () => '<br>'
  made.renderer.rules['hardbreak'] = () => '<br>'
  return made
}
