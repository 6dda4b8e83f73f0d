import { readFile } from 'node:fs/promises'
import { STATUS_CODES } from 'node:http'
import { expect } from 'chai'
import { problemTable, rowOf, type ProblemCode } from '../../src/api/problem-table.js'

const codes = Object.keys(problemTable) as ProblemCode[]

describe('the problem table', () => {
  it('equals docs/errors.md: each code once, with status, meaning and advice', async () => {
    const rows = (await readFile('docs/errors.md', 'utf8')).matchAll(
      /^\| `([a-z-]+)` +\| (\d{3}) +\| (\S.*?) +\| (\S.*?) +\|$/gm,
    )
    const documented = Array.from(rows, ([, code, status]) => [code, Number(status)])
    expect(documented).to.deep.equal(codes.map((code) => [code, problemTable[code].status]))
  })

  it('uses codes in kebab-case and valid HTTP statuses', () => {
    for (const code of codes) {
      expect(code).to.match(/^[a-z]+(-[a-z]+)*$/)
      expect(STATUS_CODES).to.have.property(String(problemTable[code].status))
    }
  })

  it('has Retry-After in whole seconds for each 429 and 503', () => {
    for (const code of codes) {
      const { status, retryAfterSeconds } = rowOf(code)
      if (status === 429 || status === 503) expect(retryAfterSeconds, code).to.satisfy(isWholeAndPositive)
      else expect(retryAfterSeconds, code).to.equal(undefined)
    }
  })
})

const isWholeAndPositive = (seconds: number): boolean => Number.isInteger(seconds) && seconds >= 1
