// Makes the table of environment variables in docs/operations.md anew, from what `npm run build` made of the code.
import { writeFileSync } from 'node:fs'

const { operationsPage, formattedOperationsPage } = await import('../dist/test/docs/environment-table.js')
writeFileSync(operationsPage, await formattedOperationsPage())
