// Makes the part of docs/events.md anew that lists every event, from what `npm run build` made of the code.
import { writeFileSync } from 'node:fs'

const { eventsPage, formattedEventsPage } = await import('../dist/test/docs/events-page.js')
writeFileSync(eventsPage, await formattedEventsPage())
