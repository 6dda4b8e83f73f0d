import { chmod, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { copyBinaries } from '../../../src/postgres/embedded/postgres-binaries.js'
import { rejectionOf } from '../../contract/event-log-support.js'

describe('The copy of the binaries of Postgres for another user', () => {
  let folder: string
  let parent: string
  let binaries: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-binaries-'))
    parent = join(folder, 'copies')
    binaries = join(folder, 'linux-x64', 'native')
    await mkdir(parent)
    await mkdir(binaries, { recursive: true })
    await writeFile(join(folder, 'linux-x64', 'package.json'), '{"version":"1.2.3"}')
    await writeFile(join(binaries, 'postgres'), '')
    await chmod(join(binaries, 'postgres'), 0o700)
  })

  afterEach(() => rm(folder, { recursive: true }))

  it('is made once, also by several at once, and leaves no draft', async () => {
    const copies = await Promise.all(Array.from({ length: 5 }, () => copyBinaries(binaries, parent)))
    expect(new Set(copies)).to.deep.equal(new Set([join(parent, 'postgres-1.2.3-linux-x64')]))
    expect(await readdir(parent)).to.deep.equal(['postgres-1.2.3-linux-x64'])
    const { mode } = await lstat(join(copies[0]!, 'postgres'))
    expect(mode & 0o777).to.equal(0o755)
  })

  it('fails with the cause where it cannot get its name, and leaves no draft', async () => {
    await symlink('nowhere', join(parent, 'postgres-1.2.3-linux-x64'))
    expect(await rejectionOf(copyBinaries(binaries, parent))).to.include({ syscall: 'rename', code: 'ENOTDIR' })
    expect(await readdir(parent)).to.deep.equal(['postgres-1.2.3-linux-x64'])
  })

  it('fails with the cause where it cannot be copied, and leaves no draft', async () => {
    await rm(binaries, { recursive: true })
    expect(await rejectionOf(copyBinaries(binaries, parent))).to.include({ code: 'ENOENT' })
    expect(await readdir(parent)).to.deep.equal([])
  })
})
