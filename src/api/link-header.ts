import type { Links } from './route.js'

const PAGE_PARAMETERS = ['before', 'after', 'around']

/** RFC 8288: links to the other pages of a list, made from this page's URL. `rel` is quoted, as most hand-written parsers expect. */
export function linkHeader(url: string, links: Links): string {
  const [path = '', query] = url.split('?')
  return Object.entries(links)
    .map(([rel, page]: [string, Record<string, string | number>]) => {
      const parameters = new URLSearchParams(query)
      for (const name of PAGE_PARAMETERS) parameters.delete(name)
      for (const [name, value] of Object.entries(page)) parameters.set(name, String(value))
      return `<${path}?${parameters.toString()}>; rel="${rel}"`
    })
    .join(', ')
}
