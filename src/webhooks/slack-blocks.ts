import { joined, listOf, stringOf, fieldsOf, textOf, type Fields } from './payload-fields.js'
import { richText } from './slack-rich-text.js'
import { linkTo, plainText } from './slack-text.js'

/** The blocks of a payload as Markdown, one after another. */
export const blocksText = (blocks: unknown): string => joined(listOf(blocks).map(blockText))

function blockText(block: Fields): string {
  const { type, text, fields, elements, accessory, title, description, alt_text, label, hint, rows } = block
  switch (type) {
    case 'divider':
      return ''
    case 'rich_text':
      return richText(block)
    case 'markdown':
      return stringOf(text)
    case 'image':
      return joined([textOf(title), linkTo(imageUrlOf(block), plainText(stringOf(alt_text)))])
    case 'context':
      return joined(listOf(elements).map(elementText), ' ')
    case 'actions':
    case 'context_actions':
      return joined(listOf(elements).map(elementText), ' · ')
    case 'video':
      return joined([linkTo(stringOf(block['title_url'] ?? block['video_url']), textOf(title)), textOf(description)])
    case 'input':
      return joined([textOf(label), textOf(hint)])
    case 'file':
      return joined(['File', plainText(stringOf(block['external_id'] ?? block['file_id']))], ' ')
    case 'table':
      return joined(tableRows(rows))
    default: // section, header, and what Slack adds later
      return joined([
        textOf(text ?? title ?? label),
        ...listOf(fields).map(textOf),
        elementText(fieldsOf(accessory)),
        ...listOf(elements).map(elementText),
      ])
  }
}

/** An element within a block: text, an image, or something to click, of which only links work here. */
function elementText(element: Fields): string {
  const { type, text, url, alt_text, placeholder } = element
  if (type === 'mrkdwn' || type === 'plain_text') return textOf(element)
  if (alt_text !== undefined) return plainText(stringOf(alt_text))
  const label = textOf(text ?? placeholder)
  return url === undefined ? label : linkTo(stringOf(url), label)
}

const imageUrlOf = ({ image_url, slack_file }: Fields): string => stringOf(image_url ?? fieldsOf(slack_file)['url'])

const tableRows = (rows: unknown): string[] =>
  Array.isArray(rows) ? rows.map((cells) => listOf(cells).map(cellText).join(' | ')) : []

const cellText = (cell: Fields): string =>
  cell['type'] === 'rich_text' ? richText(cell) : plainText(stringOf(cell['text']))
