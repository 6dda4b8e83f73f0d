import { expect } from 'chai'
import { rolesSuffice, type Access } from '../../src/identity/access.js'

const roles = { none: [], auditor: ['auditor'], analyst: ['analyst'], admin: ['admin'] }

const suffice = (access: Access): string[] =>
  Object.entries(roles).flatMap(([name, held]) => (rolesSuffice(access, held) ? [name] : []))

describe('roles', () => {
  it('are required by name, and admins have the rights of all others', () => {
    expect(suffice('auditor')).to.deep.equal(['auditor', 'admin'])
    expect(suffice('analyst')).to.deep.equal(['analyst', 'admin'])
    expect(suffice('admin')).to.deep.equal(['admin'])
  })

  it('have no effect on operations that require no role', () => {
    for (const access of ['anyone', 'user', 'participant', 'chat-admin', 'open-chat'] as const)
      expect(suffice(access), access).to.deep.equal(Object.keys(roles))
  })
})
