const RECOMMENDED = new RegExp('^\\p{RGI_Emoji}$', 'v')
/** A skin tone or hair style, which is no emoji by itself. */
const COMPONENT = /^\p{Emoji_Component}$/u
/** Characters that are shown as text unless the variation selector follows. */
const TEXT_BY_DEFAULT = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu
const EMOJI_VARIATION = '\ufe0f'

/**
 * One emoji that Unicode recommends for interchange, in its fully-qualified form, however many variation selectors it came with; null
 * for anything else, such as text presentation or a skin tone alone. Two forms of one emoji give the same text.
 */
export function normaliseEmoji(raw: string): string | null {
  const bare = raw.normalize('NFC').replaceAll(EMOJI_VARIATION, '')
  const qualified = bare.replace(TEXT_BY_DEFAULT, `$&${EMOJI_VARIATION}`)
  return RECOMMENDED.test(qualified) && !COMPONENT.test(qualified) ? qualified : null
}
