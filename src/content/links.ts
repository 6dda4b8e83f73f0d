import { linkTargets } from './markdown.js'

const MAY_HOLD_LINKS = /https?:\/\/|www\./i
const IS_WEB_LINK = /^https?:\/\//i

/** The http(s) links that a content shows, each once, in their order, at most `max`; none of those in code. */
export function linksIn(content: string, max: number): string[] {
  if (!MAY_HOLD_LINKS.test(content)) return []
  return [...new Set(linkTargets(content).filter((target) => IS_WEB_LINK.test(target)))].slice(0, max)
}
