import { joined, listOf, scalarOf, stringOf, textOf, type Fields } from './payload-fields.js'
import { blocksText } from './slack-blocks.js'
import { dateOf } from './slack-rich-text.js'
import { fromSlackText, linkTo, plainText } from './slack-text.js'

/** The attachments of a payload as Markdown; the fallback of one counts only where it has nothing else. */
export const attachmentsText = (attachments: unknown): string => joined(listOf(attachments).map(attachmentText))

function attachmentText(attachment: Fields): string {
  const { pretext, text, fields, blocks, actions, fallback } = attachment
  const shown = joined([
    textOf(pretext),
    authorOf(attachment),
    linkTo(stringOf(attachment['title_link']), plainText(stringOf(attachment['title']))),
    textOf(text),
    ...listOf(fields).map(fieldText),
    blocksText(blocks),
    linkTo(stringOf(attachment['image_url'] ?? attachment['thumb_url']), 'Image').replace(/^Image$/, ''),
    joined(listOf(actions).map(actionText), ' · '),
    footerOf(attachment),
  ])
  return shown === '' ? textOf(fallback) : shown
}

const authorOf = ({ author_name, author_link, author_subname }: Fields): string =>
  joined([linkTo(stringOf(author_link), plainText(stringOf(author_name))), plainText(stringOf(author_subname))], ' ')

const fieldText = ({ title, value }: Fields): string =>
  joined([plainText(scalarOf(title)), fromSlackText(scalarOf(value))], ': ')

const actionText = ({ text, url }: Fields): string => linkTo(stringOf(url), textOf(text))

/** A time alone says when, and not what: it counts only beside a footer. */
function footerOf({ footer, ts }: Fields): string {
  const text = plainText(stringOf(footer))
  return text === '' ? '' : joined([text, ts === undefined ? '' : dateOf(ts)], ' | ')
}
