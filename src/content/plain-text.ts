/**
 * Whatever could mean something to Markdown, or has to be escaped: marks, a link's scheme, white space at a line's edge, and the
 * beginnings of lists. What is free of it needs neither parser nor sanitiser.
 */
const SPECIAL =
  /[*_~`<>[\]\\&\u0000-\u0009\u000b-\u001f\u007f]|(?:https?|mailto):|^[^\S\n]|[^\S\n]$|^[-+](?:\s|$)|^\d{1,9}[.)](?:\s|$)/im

/** The rendering of a text without anything special; null where there may be some. */
export function renderPlainText(content: string): string | null {
  if (SPECIAL.test(content)) return null
  const paragraphs = content.split(/\n{2,}/).map((lines) => lines.replace(/^\n|\n$/g, ''))
  return paragraphs
    .filter((lines) => lines !== '')
    .map((lines) => `<p>${lines.replaceAll('\n', '<br />')}</p>`)
    .join('\n')
}
