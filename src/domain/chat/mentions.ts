const MENTION = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/gi
const MAX_MENTIONS = 100

/** Who is named in a message as `<@userId>`, once each, in the order of naming; `<@all>` names nobody in particular. */
export function mentionsIn(content: string): string[] {
  if (!content.includes('<@')) return []
  const ids = new Set<string>()
  for (const [, id = ''] of content.matchAll(MENTION)) {
    ids.add(id.toLowerCase())
    if (ids.size === MAX_MENTIONS) break
  }
  return [...ids]
}

/** Whether everyone is mentioned, as `<@all>`. */
export const mentionsAllIn = (content: string): boolean => content.includes('<@all>')
