import { expect } from 'chai'
import { run } from '../../../src/postgres/embedded/run.js'

describe('running a program', () => {
  it('does not pass on our environment', async () => {
    process.env['PARLEY_TEST_SECRET'] = 'do not tell'
    const { output } = await run('env', [])
    delete process.env['PARLEY_TEST_SECRET']
    expect(output).to.include('PATH=').and.not.include('do not tell')
  })

  it('gives it a session of its own, which a Ctrl-C on our terminal does not reach', async () => {
    expect(await run('sh', ['-c', 'kill -0 -$$'])).to.deep.equal({ ok: true, output: '' })
  })

  it('reports a program that fails or does not exist', async () => {
    expect(await run('false', [])).to.deep.equal({ ok: false, output: '' })
    expect(await run('no-such-program', [])).to.have.property('ok', false)
  })
})
