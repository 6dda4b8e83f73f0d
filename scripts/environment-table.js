// Writes the table of environment variables in docs/operations.md and .env.example, from the code as `npm run build` built it.
import { writeFileSync } from 'node:fs'

const { operationsPage, formattedOperationsPage, exampleFile, environmentExample } =
  await import('../dist/test/docs/environment-table.js')
writeFileSync(operationsPage, await formattedOperationsPage())
writeFileSync(exampleFile, environmentExample())
