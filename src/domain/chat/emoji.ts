const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v')
const AS_EMOJI = '\ufe0f'

/** One emoji as Unicode recommends it for interchange, shown as an emoji where it could also be text; null for anything else. */
export function normaliseEmoji(raw: string): string | null {
  const text = raw.normalize('NFC')
  if (EMOJI.test(text)) return text
  return EMOJI.test(text + AS_EMOJI) ? text + AS_EMOJI : null
}
