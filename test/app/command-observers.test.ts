import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createCommandObservers, type ObservedCommand } from '../../src/app/command-observers.js'

const userId = randomUUID()
const client = { session: randomUUID(), ip: '192.0.2.1', userAgent: 'test' }

/** What the observers do with one command, in order. */
function observed(command: Partial<ObservedCommand>, shared: unknown[][] = []): unknown[][] {
  const calls: unknown[][] = []
  const observers = createCommandObservers({
    sharedWrites: { note: (id, position) => shared.push([id, position]) },
    users: { changedAt: (id, position) => calls.push(['user cache', id, position]) },
    security: { record: ({ type, ip }) => calls.push(['security event', type, ip]) },
    onLimited: (limit, { ip }) => calls.push(['limited', limit, ip]),
    metrics: {
      messageSeconds: { observe: (seconds: number) => calls.push(['seconds', seconds]) },
      messagesSent: { inc: () => calls.push(['sent']) },
    },
  })
  const caller = { userId, origin: 'rest', correlationId: 'a', key: null, client } as const
  const done = { kind: 'done', position: '7' } as const
  for (const observe of observers)
    observe({ name: 'joinChat', input: {}, caller, result: done, seconds: 0.5, ...command })
  return calls
}

describe('observers of commands', () => {
  it('leave most commands alone', () => {
    expect(observed({})).to.deep.equal([])
  })

  it('share the position of each command that was not rejected with the other nodes', () => {
    const shared: unknown[][] = []
    observed({}, shared)
    observed({ result: { kind: 'repeated', position: '8' } }, shared)
    observed({ result: { kind: 'rejected' } }, shared)
    expect(shared).to.deep.equal([
      [userId, '7'],
      [userId, '8'],
    ])
  })

  it('have a changed profile read again, unless the change was rejected', () => {
    expect(observed({ name: 'changeProfile' })).to.deep.equal([['user cache', userId, '7']])
    expect(observed({ name: 'changeProfile', result: { kind: 'rejected' } })).to.deep.equal([])
  })

  it('record roles that were granted, and sessions that were revoked but not logged out', () => {
    const input = { userId: randomUUID() }
    expect(observed({ name: 'changeRoles', input })).to.deep.equal([['security event', 'role-granted', client.ip]])
    const revoked = (reason: string) => observed({ name: 'revokeSession', input: { ...input, reason } })
    expect(revoked('revoked')).to.deep.equal([['security event', 'session-revoked', client.ip]])
    expect(revoked('logout')).to.deep.equal([])
    expect(observed({ name: 'changeRoles', input, result: { kind: 'unchanged', position: '7' } })).to.deep.equal([])
  })

  it('measure messages, count those that are new, and report those over the limit', () => {
    const sent = (result: ObservedCommand['result']) => observed({ name: 'sendMessage', result })
    expect(sent({ kind: 'done', position: '7' })).to.deep.equal([['seconds', 0.5], ['sent']])
    expect(sent({ kind: 'repeated', position: '7' })).to.deep.equal([['seconds', 0.5]])
    expect(sent({ kind: 'limited', name: 'messages' })).to.deep.equal([
      ['limited', 'messages', client.ip],
      ['seconds', 0.5],
    ])
  })
})
