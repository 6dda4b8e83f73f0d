import { expect } from 'chai'
import { startChild } from '../support/child.js'

describe('a server that listens on a public address', () => {
  const failing = async (env: Record<string, string>): Promise<string[]> => {
    await using child = startChild('main.js', [], env)
    expect(await child.exited).to.equal(2)
    return child.output.trim().split('\n')
  }

  it('refuses to start with open metrics or weak keys, with one line for each problem', async () => {
    const MASTER_KEY = Buffer.alloc(32, 1).toString('base64')
    const lines = await failing({ HOST: '0.0.0.0', MASTER_KEY, TOKEN_KEYS: `k1:${MASTER_KEY}` })
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(['MASTER_KEY', 'TOKEN_KEYS', 'METRICS_TOKEN'])
    expect(lines.join('\n')).not.to.include(MASTER_KEY)
  })
})
