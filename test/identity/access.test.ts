import { expect } from 'chai'
import { rolesSuffice, type Access } from '../../src/identity/access.js'

const roles = { none: [], auditor: ['auditor'], analyst: ['analyst'], admin: ['admin'] }

const suffice = (access: Access): string[] =>
  Object.entries(roles).flatMap(([name, held]) => (rolesSuffice(access, held) ? [name] : []))

describe('roles', () => {
  it('are asked for by name, and admins may do what the others may', () => {
    expect(suffice('auditor')).to.deep.equal(['auditor', 'admin'])
    expect(suffice('analyst')).to.deep.equal(['analyst', 'admin'])
    expect(suffice('admin')).to.deep.equal(['admin'])
  })

  it('neither open nor close what is not about roles', () => {
    for (const access of ['anyone', 'user', 'participant', 'chat-admin', 'open-chat'] as const)
      expect(suffice(access), access).to.deep.equal(Object.keys(roles))
  })
})
