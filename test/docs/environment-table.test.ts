import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { settings } from '../../src/app/settings/settings.js'
import { formattedOperationsPage, operationsPage } from './environment-table.js'

describe('the table of environment variables in docs/operations.md', () => {
  it('lists every setting as the code has it; `node scripts/environment-table.js` writes it', async () => {
    expect(readFileSync(operationsPage, 'utf8')).to.equal(await formattedOperationsPage())
  })

  it('names each variable once', () => {
    const page = readFileSync(operationsPage, 'utf8')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, variable]) => variable)
    expect(rows).to.deep.equal(Object.values(settings).map(({ variable }) => variable))
  })
})
