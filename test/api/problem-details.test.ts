import { expect } from 'chai'
import { z } from 'zod'
import { problemOf, ProblemError } from '../../src/api/problem-details.js'
import { CommandFault } from '../../src/commands/pipeline/command-fault.js'
import { messageBodySchema } from '../../src/commands/catalogue/input-schemas.js'
import { NewerEventError } from '../../src/privacy/event-reader.js'
import { RequestRefused } from '../../src/requests/request-refused.js'
import { TooBusyError } from '../../src/identity/passwords/passwords.js'

const told = (fault: unknown) => {
  const { status, code, retryAfterSeconds } = problemOf(fault, 'r1')
  return retryAfterSeconds === undefined ? [status, code] : [status, code, retryAfterSeconds]
}

const errorOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error

describe('problemOf', () => {
  it('describes the problem by RFC 9457, with the request id', () => {
    expect(problemOf(new ProblemError('not-found', { detail: 'nothing here' }), 'r1')).to.deep.equal({
      type: 'urn:parley:problem:not-found',
      title: 'No such path',
      status: 404,
      detail: 'nothing here',
      code: 'not-found',
      instance: 'r1',
    })
  })

  it('gives an outsider of a chat, and a member with too low a role, 403', () => {
    for (const code of ['not-a-participant', 'role-too-low']) {
      const problem = problemOf({ kind: 'rejected', rejection: { code } }, 'r1')
      expect([problem.status, problem.code]).to.deep.equal([403, 'not-authorized'])
      expect(problem.detail).to.match(/^Not authorized/)
    }
  })

  it('gives refusals of a policy 422, of size 413, of an unknown user 404', () => {
    expect(told({ code: 'direct-chat' })).to.deep.equal([422, 'direct-chat'])
    expect(told({ code: 'idempotency-key-reused' })).to.deep.equal([422, 'idempotency-key-reused'])
    expect(told({ code: 'command-too-large' })).to.deep.equal([413, 'command-too-large'])
    expect(told({ code: 'user-not-found', userId: 'u', index: 0 })).to.deep.equal([404, 'user-not-found'])
  })

  it('rounds Retry-After up to whole seconds, at least one', () => {
    expect(told({ kind: 'limited', retryAfterMs: 1 })).to.deep.equal([429, 'rate-limited', 1])
    expect(told({ kind: 'limited', retryAfterMs: 59_001 })).to.deep.equal([429, 'rate-limited', 60])
  })

  it('gives temporary failures 503 and Retry-After', () => {
    expect(told(new CommandFault('outcome-unknown'))).to.deep.equal([503, 'outcome-unknown', 1])
    expect(told(new CommandFault('projection-behind'))).to.deep.equal([503, 'projection-behind', 1])
    expect(told(new TooBusyError())).to.deep.equal([503, 'too-busy', 1])
    expect(told(new NewerEventError('MessageSent', 9, 'chat-1', 1))).to.deep.equal([503, 'newer-event', 30])
  })

  it('names the fault of a token, thrown or as a value', () => {
    expect(told(new RequestRefused({ code: 'token-expired' }))).to.deep.equal([401, 'token-expired'])
    expect(told({ code: 'invalid-token' })).to.deep.equal([401, 'invalid-token'])
  })

  it('lists each refused field by its path, also unknown ones', () => {
    const schema = z.strictObject({
      ids: z.array(z.uuid('is no id')),
      inner: z.object({ a: z.literal(1, 'is not 1') }),
    })
    const error = errorOf(schema, { ids: [crypto.randomUUID(), 'x'], inner: { a: 2 }, replyTo: 1 })
    expect(problemOf(error, 'r1')).to.deep.include({
      code: 'validation-failed',
      errors: [
        { path: 'ids[1]', message: 'is no id' },
        { path: 'inner.a', message: 'is not 1' },
        { path: 'replyTo', message: 'is not known' },
      ],
    })
  })

  it('lists at most 50 fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 1]))
    expect(problemOf(errorOf(z.strictObject({}), fields), 'r1').errors).to.have.length(50)
  })

  it('gives a message that is too long or empty a code of its own', () => {
    expect(told(errorOf(messageBodySchema, { content: 'a'.repeat(10_001) }))).to.deep.equal([400, 'message-too-long'])
    expect(told(errorOf(messageBodySchema, { content: ' \n ' }))).to.deep.equal([400, 'message-empty'])
    expect(told(errorOf(messageBodySchema, { content: '\u0000' }))).to.deep.equal([400, 'validation-failed'])
  })

  it('reveals nothing about an unexpected error', () => {
    for (const fault of [
      new Error('secret'),
      { code: 'ECONNREFUSED' },
      { code: 'toString' },
      { kind: 'unchanged' },
      null,
    ]) {
      const problem = problemOf(fault, 'r1')
      expect([problem.status, problem.code]).to.deep.equal([500, 'internal-error'])
      expect(JSON.stringify(problem)).not.to.include('secret')
    }
  })
})
