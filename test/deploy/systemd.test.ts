import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'

const unit = readFileSync('deploy/systemd/parley.service', 'utf8')

describe('deploy/systemd/parley.service', () => {
  it('passes `systemd-analyze verify`', async function () {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
      console.log('      not run: there is no systemd here')
      this.skip()
    }
    const folder = await mkdtemp(join(tmpdir(), 'parley-systemd-'))
    try {
      const path = join(folder, 'parley.service')
      await writeFile(path, unit.replaceAll('/opt/parley/node_modules/.bin/node', process.execPath))
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
      expect({ status, output: stdout + stderr }).to.deep.equal({ status: 0, output: '' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('leaves more time to stop than a node takes with its embedded Postgres', () => {
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])
    expect(seconds).to.be.greaterThan(22 + 55)
  })
})
