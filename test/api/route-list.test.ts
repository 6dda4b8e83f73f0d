import { expect } from 'chai'
import { isPrivileged } from '../../src/api/record-read.js'
import { routeList } from '../../src/api/route-list.js'
import type { Route } from '../../src/api/route.js'
import { openApiDocument } from '../../src/api/openapi.js'

interface Operation {
  parameters?: { name: string; in: string; required: boolean }[]
  security?: object[]
  'x-access': string
  requestBody?: object
  responses: Record<string, object>
}

const document = openApiDocument(routeList) as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`

const namesIn = (path: string): string[] => Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name!)

const operationOf = (method: string, path: string): Operation =>
  document.paths[path.replace(/:(\w+)/g, '{$1}')]![method]!

describe('the route table', () => {
  it('has each method of each path once', () => {
    const rows = routeList.map(nameOf)
    expect(new Set(rows).size).to.equal(rows.length)
  })

  it('has a path before all others whose parameters would match it', () => {
    routeList.forEach(({ method, path }, index) => {
      const pattern = new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
      const hidden = routeList.slice(index + 1).find((later) => later.method === method && pattern.test(later.path))
      expect(hidden?.path, `${method} ${path}`).to.equal(undefined)
    })
  })

  it('requires a token except to log in, for mailed links and for monitoring', () => {
    const open = routeList.filter(({ access }) => access === 'anyone').map(({ path }) => path)
    expect(open).to.have.members([
      '/auth/register',
      '/auth/login',
      '/auth/refresh',
      '/auth/password-reset',
      '/auth/password-reset/confirm',
      '/auth/email/confirm',
      '/hooks/:webhookId/:secret',
      '/healthz',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/asyncapi.json',
      '/docs',
      '/docs/:file',
    ])
    const either = routeList.filter(({ access }) => access === 'either').map(({ path }) => path)
    expect(either).to.deep.equal(['/auth/logout'])
  })

  it('allows bots to read and send in chats of their token, and nothing else', () => {
    const of = (bots: string): string[] => routeList.filter((row) => row.bots === bots).map(nameOf)
    expect(of('bound')).to.have.members([
      'get /chats/:id',
      'get /chats/:id/participants',
      'get /chats/:id/events',
      'put /chats/:id/read',
      'post /chats/:id/messages',
      'get /chats/:id/messages',
      'get /chats/:id/messages/:messageId',
      'patch /chats/:id/messages/:messageId',
      'delete /chats/:id/messages/:messageId',
      'get /chats/:id/messages/:messageId/history',
      'get /chats/:id/messages/:messageId/reactions',
      'put /chats/:id/messages/:messageId/reactions/:emoji',
      'delete /chats/:id/messages/:messageId/reactions/:emoji',
      'get /chats/:id/pins',
      'put /chats/:id/pins/:messageId',
      'delete /chats/:id/pins/:messageId',
    ])
    const open = [
      'get /healthz',
      'get /readyz',
      'get /metrics',
      'get /openapi.json',
      'get /asyncapi.json',
      'get /docs',
      'get /docs/:file',
    ]
    expect(of('admitted')).to.have.members(['get /users/me', ...open])
  })
})

/** `default`, and what a route answers when nothing went wrong; `openapi.test.ts` is about the problems. */
const statusesWithoutProblem = (responses: object): string[] =>
  Object.entries(responses as Record<string, { content?: object }>)
    .filter(([status, { content = {} }]) => status === 'default' || !('application/problem+json' in content))
    .map(([status]) => status)

describe('openapi.json', () => {
  it('describes every route: path parameters, body, answers and access', () => {
    for (const { method, path, body, answers, access } of routeList) {
      const { parameters = [], security, requestBody, responses } = operationOf(method, path)
      const inPath = parameters.filter((parameter) => parameter.in === 'path')
      expect(
        inPath.map(({ name }) => name),
        path,
      ).to.deep.equal(namesIn(path))
      expect(inPath.every(({ required }) => required)).to.equal(true)
      expect(requestBody !== undefined, path).to.equal(body !== null)
      expect(statusesWithoutProblem(responses), path).to.deep.equal([...Object.keys(answers), 'default'])
      expect(security, path).to.deep.equal(
        access === 'anyone' ? undefined : [{ bearer: [] }, ...(access === 'either' ? [{}] : [])],
      )
      expect(operationOf(method, path)['x-access'], path).to.equal(access)
    }
  })

  it('has the headers by which queries wait, for every query with a token, and the reason of those that are recorded', () => {
    for (const route of routeList.filter((row) => row.method === 'get')) {
      const { method, path, access } = route
      const headers = operationOf(method, path).parameters?.filter((parameter) => parameter.in === 'header') ?? []
      const reason = isPrivileged(route, Object.keys(route.requiresRole)) ? ['Parley-Reason'] : []
      const expected = access === 'anyone' ? [] : ['Parley-Position', 'Prefer', ...reason]
      expect(
        headers.map(({ name }) => name),
        path,
      ).to.deep.equal(expected)
    }
  })

  it('has named schemas, and every reference resolves', () => {
    const names = Object.keys(document.components.schemas)
    expect(names).to.include.members([
      'UserRef',
      'Profile',
      'User',
      'Chat',
      'ListedChat',
      'Participant',
      'Message',
      'Problem',
    ])
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)
    for (const [, reference] of references) {
      const [, , kind, name] = reference!.split('/')
      expect((document.components as Record<string, object>)[kind!], reference).to.have.property(name!)
    }
    expect(JSON.stringify(document)).not.to.include('$defs')
  })

  it('forbids unknown fields in bodies, and allows them in answers', () => {
    const { requestBody } = operationOf('post', '/chats/:id/messages')
    expect(JSON.stringify(requestBody)).to.include('"additionalProperties":false')
    expect(JSON.stringify(document.components.schemas['Message'])).not.to.include('"additionalProperties":false')
  })

  it('has bounds and defaults of parameters', () => {
    const limit = operationOf('get', '/chats').parameters!.find(({ name }) => name === 'limit')
    expect(limit).to.deep.include({ schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } })
  })
})
