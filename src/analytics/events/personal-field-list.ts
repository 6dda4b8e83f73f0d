import type { PersonalFields } from './event-view.js'

/** From entries such as `MessageSent.content`. */
export function parsePersonalFields(entries: readonly string[]): PersonalFields {
  const fields = new Map<string, string[]>()
  for (const entry of entries) {
    const [type = '', field = ''] = entry.split('.')
    fields.set(type, [...(fields.get(type) ?? []), field])
  }
  return fields
}
