import { markdown } from './markdown.js'

const MAY_HOLD_LINKS = /https?:\/\//i
const IS_WEB_LINK = /^https?:\/\//i

/** The http(s) links that a content shows, each once, in their order; none of those in code. */
export function linksIn(content: string, most: number): string[] {
  if (!MAY_HOLD_LINKS.test(content)) return []
  const inline = markdown.parse(content, {}).flatMap(({ children }) => children ?? [])
  const hrefs = inline.flatMap((token) => (token.type === 'link_open' ? String(token.attrGet('href')) : []))
  return [...new Set(hrefs.filter((href) => IS_WEB_LINK.test(href)))].slice(0, most)
}
