import { Parser } from 'htmlparser2'
import { cleanText } from './clean-text.js'

/** The metadata of a page. */
export interface PageSummary {
  title: string | null
  description: string | null
  imageUrl: string | null
}

const MAX_TITLE = 255
const MAX_DESCRIPTION = 500
const MAX_URL = 2_048
/** Of one text in the page, before it is cleaned. */
const MAX_RAW = 10_000

/** Reads no further than the page's head. `url` is the page's own. */
export function parsePage(html: string, url: string): PageSummary {
  const meta = new Map<string, string>()
  let title = ''
  let inTitle = false
  let hasTitle = false
  const parser = new Parser({
    onopentag(name, { property, name: metaName, content }) {
      if (name === 'body') parser.pause()
      if (name === 'title' && !hasTitle) inTitle = true
      const key = (property ?? metaName)?.toLowerCase()
      if (name === 'meta' && key !== undefined && content !== undefined && !meta.has(key))
        meta.set(key, content.slice(0, MAX_RAW))
    },
    ontext(text) {
      if (inTitle && title.length < MAX_RAW) title += text
    },
    onclosetag(name) {
      if (name === 'head') parser.pause()
      if (name !== 'title') return
      hasTitle ||= inTitle
      inTitle = false
    },
  })
  parser.write(html)

  const first = (...names: string[]): string => names.map((name) => meta.get(name)).find((text) => text?.trim()) ?? ''
  return {
    title: cleanText(first('og:title', 'twitter:title') || title.slice(0, MAX_RAW), MAX_TITLE),
    description: cleanText(first('og:description', 'description', 'twitter:description'), MAX_DESCRIPTION),
    imageUrl: imageUrlOf(first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'), url),
  }
}

function imageUrlOf(text: string, page: string): string | null {
  const given = text.trim()
  if (given === '' || !URL.canParse(given, page)) return null
  const { protocol, username, password, href } = new URL(given, page)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && username === '' && password === '' && href.length <= MAX_URL ? href : null
}
