import { createSecretKey } from 'node:crypto'
import { expect } from 'chai'
import { validate, version } from 'uuid'
import { createImportIds } from '../../src/import/import-ids.js'

const key = createSecretKey(Buffer.alloc(32, 1))
const ids = createImportIds(key, 'archive')
const every = ({ user, chat, command }: typeof ids): string[] => [user('1'), chat('1'), command(1)]

describe('ids of an import', () => {
  it('are the same on every run', () => {
    expect(every(createImportIds(key, 'archive'))).to.deep.equal(every(ids))
  })

  it('are UUIDs of version 8', () => {
    for (const id of every(ids)) expect([id, validate(id), version(id)]).to.deep.equal([id, true, 8])
  })

  it('differ by kind, name, source and installation', () => {
    const otherKey = createSecretKey(Buffer.alloc(32, 2))
    const all = [
      ...every(ids),
      ids.user('2'),
      ids.chat('2'),
      ids.command(2),
      ...every(createImportIds(key, 'another')),
      ...every(createImportIds(otherKey, 'archive')),
    ]
    expect(new Set(all).size).to.equal(all.length)
  })
})
