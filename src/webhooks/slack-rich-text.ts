import { fieldsOf, joined, listOf, stringOf, type Fields } from './payload-fields.js'
import { linkTo, mentionOf, plainText } from './slack-text.js'

/** A block of type `rich_text` as Markdown. */
export const richText = ({ elements }: Fields): string => joined(listOf(elements).map(part))

function part(element: Fields): string {
  const { type, elements } = element
  switch (type) {
    case 'rich_text_list':
      return list(element)
    case 'rich_text_preformatted':
      return `\`\`\`\n${inline(elements)}\n\`\`\``
    case 'rich_text_quote':
      return inline(elements).replace(/^/gm, '> ')
    default:
      return inline(elements)
  }
}

function list({ elements, style, indent, offset }: Fields): string {
  const first = typeof offset === 'number' ? offset + 1 : 1
  const margin = '   '.repeat(typeof indent === 'number' ? Math.min(Math.max(0, indent), 8) : 0)
  const items = listOf(elements).map(part)
  return items.map((item, index) => `${margin}${style === 'ordered' ? `${first + index}.` : '-'} ${item}`).join('\n')
}

const inline = (elements: unknown): string =>
  listOf(elements)
    .map((element) => styled(leaf(element), element))
    .join('')

function leaf(element: Fields): string {
  const { type, text, url, name, unicode, user_id, channel_id, usergroup_id, range, fallback, value } = element
  switch (type) {
    case 'link':
      return linkTo(stringOf(url), plainText(stringOf(text)))
    case 'emoji':
      return emoji(stringOf(unicode)) ?? `:${stringOf(name)}:`
    case 'user':
      return mentionOf(stringOf(user_id), null)
    case 'channel':
      return `#${stringOf(channel_id)}`
    case 'usergroup':
      return `@${stringOf(usergroup_id)}`
    case 'broadcast':
      return range === 'here' ? '@here' : '<@all>'
    case 'date':
      return plainText(stringOf(fallback)) || dateOf(element['timestamp'])
    case 'color':
      return plainText(stringOf(value))
    default:
      return plainText(stringOf(text))
  }
}

/** Slack gives emoji as code points in hexadecimal, joined by hyphens. */
function emoji(unicode: string): string | null {
  const codePoints = unicode.split('-').map((part) => Number.parseInt(part, 16))
  const isValid = codePoints.every((codePoint) => codePoint >= 0x20 && codePoint <= 0x10ffff)
  return isValid ? String.fromCodePoint(...codePoints).toWellFormed() : null
}

/** A Unix time in seconds, as ISO-8601 to the minute. */
export function dateOf(timestamp: unknown): string {
  const date = new Date(Number(timestamp) * 1_000)
  return Number.isNaN(date.getTime())
    ? ''
    : date.toISOString().replace(/^([+-]?\d+-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2 UTC')
}

const MARKS = [
  ['code', '`'],
  ['strike', '~~'],
  ['italic', '_'],
  ['bold', '**'],
] as const

/** Markdown's marks stand next to words: blanks around the text stay outside of them. */
function styled(text: string, { style }: Fields): string {
  const styles = fieldsOf(style)
  const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? []
  if (words === '') return text
  const marked = MARKS.reduce((made, [name, mark]) => (styles[name] === true ? mark + made + mark : made), words)
  return before + marked + after
}
