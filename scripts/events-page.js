// Writes the part of docs/events.md that lists every event, from the code as `npm run build` built it.
import { writeFileSync } from 'node:fs'

const { eventsPage, formattedEventsPage } = await import('../dist/test/docs/events-page.js')
writeFileSync(eventsPage, await formattedEventsPage())
