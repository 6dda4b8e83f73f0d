/** A zero-width space, put behind an escaped `<` so that text which its sender escaped never becomes a mention. */
const NO_MENTION = '\u200b'

/** Code, a reference in angle brackets, bold, struck: whichever comes first. References within bold are whole. */
const TOKEN =
  /```[\s\S]*?```|`[^`\n]+`|<(?<reference>[^<>\n]*)>|(?<![\w*])\*(?=[^\s*])(?<bold>(?:<[^<>\n]*>|[^*\n<])+?)(?<=\S)\*(?![\w*])|(?<![\w~])~(?=[^\s~])(?<struck>(?:<[^<>\n]*>|[^~\n<])+?)(?<=\S)~(?![\w~])/g

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A text in Slack's markup as Markdown. */
export function fromSlackText(text: string): string {
  let made = ''
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    made += unescape(text.slice(end, match.index)) + convert(match[0], match.groups ?? {})
    end = match.index + match[0].length
  }
  return made + unescape(text.slice(end))
}

function convert(whole: string, { reference, bold, struck }: Record<string, string | undefined>): string {
  if (reference !== undefined) return convertReference(reference)
  if (bold !== undefined) return `**${fromSlackText(bold)}**`
  return struck === undefined ? unescape(whole) : `~~${fromSlackText(struck)}~~`
}

function convertReference(reference: string): string {
  const bar = reference.indexOf('|')
  const target = bar === -1 ? reference : reference.slice(0, bar)
  const label = bar === -1 ? null : unescape(reference.slice(bar + 1))
  const name = target.slice(1)
  if (target.startsWith('@')) return mentionOf(name, label)
  if (target.startsWith('#')) return `#${label ?? unescape(name)}`
  if (target === '!channel' || target === '!everyone') return '<@all>'
  if (target.startsWith('!')) return label ?? `@${unescape(name)}`
  if (target.startsWith('mailto:')) return label ?? unescape(target.slice('mailto:'.length))
  if (/^https?:\/\//i.test(target)) return convertLink(unescape(target), label)
  return `<${unescape(reference)}>`
}

/** A text without markup of Slack's. It mentions nobody. */
export const plainText = (text: string): string => unescape(text).replaceAll('<@', `<${NO_MENTION}@`)

/** A link where the target may be one, else its label. */
export const linkTo = (url: string, label: string): string =>
  /^https?:\/\//i.test(url) ? convertLink(url, label === '' ? null : label) : label

/** A user of ours, or everybody, is mentioned; a user of Slack is named. */
export const mentionOf = (id: string, label: string | null): string =>
  id === 'all' || UUID.test(id) ? `<@${id}>` : (label ?? `@${unescape(id)}`)

const convertLink = (url: string, label: string | null): string =>
  label === null || label === url
    ? url
    : `[${label.replace(/[[\]\\]/g, '\\$&')}](${url.replace(/[ ()<>\\]/g, percent)})`

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`

/** Slack escapes these three characters and no others. */
const unescape = (text: string): string =>
  text
    .replace(/&lt;(?=@|$)/g, `<${NO_MENTION}`)
    .replace(/&(lt|gt|amp);/g, (_, name: keyof typeof ESCAPED) => ESCAPED[name])

const ESCAPED = { lt: '<', gt: '>', amp: '&' }
