import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { renderEventsPage } from './render-events.js'

export const eventsPage = fileURLToPath(new URL('../../../docs/events.md', import.meta.url))

/** As it should be, in the project's format. */
export async function formattedEventsPage(): Promise<string> {
  const options = await resolveConfig(eventsPage)
  return format(renderEventsPage(readFileSync(eventsPage, 'utf8')), { ...options, filepath: eventsPage })
}
