import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseConfig } from '../../src/app/config.js'
import { settings } from '../../src/app/settings/settings.js'
import { environmentExample, exampleFile, formattedOperationsPage, operationsPage } from './environment-table.js'

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

describe('.env.example', () => {
  it('lists every setting as the code has it; `node scripts/environment-table.js` writes it', () => {
    expect(readFileSync(exampleFile, 'utf8')).to.equal(environmentExample())
  })

  it('sets nothing, and with every example as it is Parley starts as without', () => {
    const lines = readFileSync(exampleFile, 'utf8').split('\n')
    expect(lines.filter((line) => line !== '' && !line.startsWith('# '))).to.deep.equal([])
    const given = lines.flatMap((line) => /^# ([A-Z_]+)=(.+)$/.exec(line)?.slice(1) ?? [])
    const environment = Object.fromEntries(given.flatMap((name, at) => (at % 2 === 0 ? [[name, given[at + 1]!]] : [])))
    delete environment['METRICS_HOST'] // which takes METRICS_PORT
    const none = (path: string): string => expect.fail(`no file ${path}`)
    expect(parseConfig(environment, none)).to.deep.equal(parseConfig({}, none))
  })
})
