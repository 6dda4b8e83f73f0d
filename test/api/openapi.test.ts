import { expect } from 'chai'
import { openApiDocument } from '../../src/api/openapi.js'
import { problemTable } from '../../src/api/problem-table.js'
import { requestExamples } from '../../src/api/request-examples.js'
import { routeList } from '../../src/api/route-list.js'
import { isRoleAccess } from '../../src/identity/access.js'

interface Operation {
  parameters?: { name: string; in: string }[]
  responses: Record<string, { content?: Record<string, { examples?: Record<string, { $ref: string }> }> }>
}

interface Description {
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: { Problem: { properties: { code: { enum: string[] } } } }
    examples: Record<string, { value: { code: string; status: number } }>
  }
}

describe('openapi.json', () => {
  const description = openApiDocument(routeList) as Description
  const codes = Object.keys(problemTable)

  it('has a valid example for every request with a body', () => {
    const withBody = routeList.filter(({ body }) => body !== null)
    expect(Object.keys(requestExamples).sort()).to.deep.equal(
      withBody.map(({ method, path }) => `${method} ${path}`).sort(),
    )
    for (const { method, path, body } of withBody) {
      const example = requestExamples[`${method} ${path}`]
      expect(body?.safeParse(example).error, `${method} ${path}`).to.equal(undefined)
    }
  })

  it('names every problem code, with an example of its answer', () => {
    const { schemas, examples } = description.components
    expect(schemas.Problem.properties.code.enum).to.deep.equal(codes)
    expect(Object.keys(examples)).to.deep.equal(codes)
    for (const [code, { value }] of Object.entries(examples))
      expect(value).to.include({ code, status: problemTable[code as keyof typeof problemTable].status })
  })

  it('lists the possible problems of each operation by status', () => {
    const responses = description.paths['/chats']!['post']!.responses
    const codesOf = (status: string): string[] =>
      Object.keys(responses[status]?.content?.['application/problem+json']?.examples ?? {})
    expect(codesOf('401')).to.include.members(['token-missing', 'token-expired', 'session-revoked'])
    expect(codesOf('400')).to.include.members(['validation-failed', 'malformed-json'])
    expect(codesOf('429')).to.deep.equal(['rate-limited'])
    expect(description.paths['/auth/login']!['post']!.responses).not.to.have.property('403')
  })

  it('has the header for the reason in each operation that can be recorded as a read by virtue of a role, and in no other', () => {
    const withReason = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
        parameters.some(({ name, in: place }) => name === 'Parley-Reason' && place === 'header')
          ? [`${method} ${path.replaceAll(/{(\w+)}/g, ':$1')}`]
          : [],
      ),
    )
    const recorded = routeList.filter(
      ({ method, access, requiresRole, recorded }) =>
        method === 'get' && recorded && (isRoleAccess(access) || Object.keys(requiresRole).length > 0),
    )
    expect(withReason).to.have.members(recorded.map(({ method, path }) => `${method} ${path}`))
    expect(withReason).to.include.members(['get /audit/log', 'get /users']).and.not.include('get /audit/keys')
  })
})
