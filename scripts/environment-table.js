// Writes the table of environment variables in docs/operations.md, from the code as `npm run build` built it.
import { writeFileSync } from 'node:fs'

const { operationsPage, formattedOperationsPage } = await import('../dist/test/docs/environment-table.js')
writeFileSync(operationsPage, await formattedOperationsPage())
