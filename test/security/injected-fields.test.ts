import { expect } from 'chai'
import { z } from 'zod'
import { routeList } from '../../src/api/route-list.js'
import { clientEventSchemas } from '../../src/realtime/protocol.js'
import { openChat, registerPeople, type People, type World } from '../api/access/people.js'
import { requests } from '../api/access/requests.js'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'
import { OTHERS, TEXTS } from './injected.js'

const fieldsOf = (schema: z.ZodType | null): string[] =>
  schema === null ? [] : Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {})

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const namesInPrototypes = (): unknown[] => prototypes.map((prototype) => Reflect.ownKeys(prototype))

describe('injection into optional fields', function () {
  this.timeout(240_000)
  let parley: TestApp
  let people: People
  let world: World
  let ada: TestUser
  let adasChat: string
  let untouched: { ofAda: unknown[]; prototypes: unknown[] }

  /** All that Ada can see: nobody here has any business with it. */
  async function seenByAda(): Promise<unknown[]> {
    const ofChat = ['', '/participants', '/messages', '/events'].map((path) => `/chats/${adasChat}${path}`)
    const paths = ['/users/me', '/auth/sessions', '/chats', ...ofChat]
    const answers = await Promise.all(paths.map((path) => parley.call('GET', path, { token: ada.token })))
    for (const { status } of answers) expect(status).to.equal(200)
    return answers.map(({ body }) => body)
  }

  before(async () => {
    parley = await startTestApp()
    people = await registerPeople(parley)
    world = await openChat(parley, people)
    ada = await parley.register('Ada')
    const { token } = ada
    const made = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Mine' } })
    adasChat = (made.body as { id: string }).id
    await parley.call('POST', `/chats/${adasChat}/messages`, { token, body: { content: 'hers' } })
    untouched = { ofAda: await seenByAda(), prototypes: namesInPrototypes() }
  })

  after(() => parley[Symbol.asyncDispose]())

  function expectNoFault({ status, body }: Answer, told: string): void {
    expect(status, `${told}: ${JSON.stringify(body)}`).to.be.within(200, 499)
    if (status >= 400) expect((body as { code?: unknown }).code, told).to.be.a('string')
  }

  const tokenFor = (access: string): string => people[access === 'admin' ? 'admin' : 'chat admin'].token

  it('of a body', async () => {
    for (const { method, path, access, body } of routeList) {
      const name = `${method.toUpperCase()} ${path}`
      const given = Object.keys((requests[name]!(world).body as object | undefined) ?? {})
      for (const field of fieldsOf(body).filter((each) => !given.includes(each)))
        for (const value of [...TEXTS, ...OTHERS]) {
          const request = requests[name]!(world)
          const attacked = { ...(request.body as object | undefined), [field]: value }
          const answer = await parley.call(method.toUpperCase(), request.path, {
            token: tokenFor(access),
            body: attacked,
          })
          expectNoFault(answer, `${name} ${JSON.stringify(attacked)}`)
        }
    }
  })

  it('of a query', async () => {
    for (const { method, path, access, query } of routeList)
      for (const parameter of fieldsOf(query))
        for (const text of TEXTS.filter((each) => each.isWellFormed())) {
          const { path: known } = requests[`${method.toUpperCase()} ${path}`]!(world)
          const asked = `${known.split('?')[0]}?${parameter}=${encodeURIComponent(text)}`
          const answer = await parley.call(method.toUpperCase(), asked, { token: tokenFor(access) })
          // Only what is searched for may be any text, and finds who is called so.
          if (answer.status === 200) {
            expect(parameter).to.be.oneOf(['query', 'q'])
            if (parameter === 'query')
              for (const found of answer.body as { name: string }[]) expect(found.name).to.equal(text)
            else expect(answer.body, text).to.deep.equal([])
          } else expectNoFault(answer, asked)
        }
  })

  it('of the name search, which has no wildcards', async () => {
    for (const query of ['%%%', '___', '%_%', '\\\\\\', '\\%%', '***', '.*.*', '???']) {
      const answer = await parley.call('GET', `/users?query=${encodeURIComponent(query)}`, { token: ada.token })
      expect([answer.status, answer.body], query).to.deep.equal([200, []])
    }
  })

  it('of headers', async () => {
    const { token } = people.participant
    const { path, body } = requests['POST /chats/:id/messages']!(world)
    for (const text of TEXTS.filter((each) => /^[\x20-\x7e]+$/.test(each)))
      for (const name of [
        'idempotency-key',
        'parley-position',
        'prefer',
        'x-request-id',
        'user-agent',
        'origin',
        'range',
      ])
        for (const [method, to, sent] of [
          ['POST', path, { body }],
          ['GET', path, {}],
          ['POST', '/auth/login', { body: { email: people.participant.email, password: 'correct horse' } }],
        ] as const) {
          if (to === '/auth/login' && name !== 'user-agent') continue
          const answer = await parley.call(method, to, { token, ...sent, headers: { [name]: text } })
          expectNoFault(answer, `${name}: ${text}`)
          expect([...answer.headers.values()].join(), name).to.not.include(text)
        }
  })

  it('of socket events', async () => {
    const socket = parley.socket(people['chat admin'].token)
    await next(socket, 'ready')
    const right = { chatId: world.chatId, content: 'hello', seq: 1, cursors: {}, token: people['chat admin'].token }
    for (const [event, schema] of Object.entries(clientEventSchemas).filter(([name]) => name !== 'leave_chat')) {
      const fields = fieldsOf(schema)
      const known = Object.fromEntries(Object.entries(right).filter(([field]) => fields.includes(field)))
      for (const field of [...fields, '__proto__', 'constructor'])
        for (const value of [...TEXTS, ...OTHERS]) {
          // As JSON has it: a literal's `__proto__` would be no field.
          const attacked = JSON.parse(
            `{${[...Object.entries(known), [field, value]].map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join()}}`,
          ) as object
          const ack = (await socket.emitWithAck(event, attacked)) as { ok: boolean; error?: { status: number } }
          expect(ack.ok || (ack.error?.status ?? 500) < 500, `${event} ${JSON.stringify(attacked)}`).to.equal(true)
        }
    }
  })

  it('leaves the data of other users and all prototypes unchanged', async () => {
    expect(await seenByAda()).to.deep.equal(untouched.ofAda)
    expect(namesInPrototypes()).to.deep.equal(untouched.prototypes)
  })
})
