/**
 * Whatever could mean something to Markdown, or has to be escaped: marks, the beginnings of links, white space at a line's edge, and
 * the beginnings of lists. A text without any of it needs neither parser nor sanitiser.
 */
const SPECIAL =
  /[*_~`<>[\]\\&\u0000-\u0009\u000b-\u001f\u007f]|(?:https?|mailto):|www\.|^[^\S\n]|[^\S\n]$|^[-+](?:\s|$)|^\d{1,9}[.)](?:\s|$)/im

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** The rendering of a text without anything special; null where there may be some. */
export const renderPlainText = (content: string): string | null => (SPECIAL.test(content) ? null : paragraphs(content))

/** A text as it was written: its markup is not interpreted. */
export const renderEscaped = (content: string): string =>
  paragraphs(content.replace(/[&<>]/g, (sign) => ESCAPED[sign] ?? sign))

function paragraphs(text: string): string {
  const parts = text.split(/\n{2,}/).map((lines) => lines.replace(/^\n|\n$/g, ''))
  return parts
    .filter((lines) => lines !== '')
    .map((lines) => `<p>${lines.replaceAll('\n', '<br />')}</p>`)
    .join('\n')
}
