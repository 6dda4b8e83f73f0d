import { expect } from 'chai'
import { routeList } from '../../../src/api/route-list.js'
import { startTestApp, type Answer, type TestApp } from '../../support/test-app.js'
import { openChat, registerPeople, type People } from './people.js'
import { requests } from './requests.js'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
}

interface Operation {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: { properties?: object; anyOf?: { properties?: object }[] } }> }
}

/** As they stand in a URL. */
const texts = [
  '',
  '%20',
  '%00',
  '%',
  '%ED%A0%80',
  '-1',
  '1e308',
  '2147483648',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '%27%20or%201%3D1%20--',
  '%E2%80%8B',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00%2B14:00',
  '9999-12-31T23:59:59-12:00',
  '2026-02-31T00:00:00Z',
  '2026-01-01T00:00:00-23:59',
  'infinity',
  'x'.repeat(2_000),
  '00000000-0000-0000-0000-000000000000',
  '0000-01-01T00:00:00.000Z_00000000-0000-0000-0000-000000000000',
  'near_999999999_0000-01-01T00:00:00.000Z_00000000-0000-0000-0000-000000000000',
  'exact_999999999_9999-12-31T23:59:59.999Z_ffffffff-ffff-ffff-ffff-ffffffffffff',
  '999999999',
  '999999999.999999999',
  Buffer.from(JSON.stringify(['\u{10ffff}'.repeat(300), 'ffffffff-ffff-ffff-ffff-ffffffffffff'])).toString('base64url'),
  Buffer.from('["\\ud800","00000000-0000-0000-0000-000000000000"]').toString('base64url'),
]

/** As they stand in JSON. */
const values = [
  'null',
  'true',
  '-1',
  '1e308',
  '0.5',
  '9007199254740993',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u200b"',
  '"\\ufe0f"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59-12:00"',
  '[]',
  '[null]',
  '{}',
  '{"":null}',
  '{"a":"\\u0000"}',
  `"${'\u{1f600}'.repeat(6_000)}"`,
  `${'['.repeat(200)}${']'.repeat(200)}`,
]

describe('for hostile parameter values', function () {
  this.timeout(120_000)
  let parley: TestApp
  let people: People
  let paths: Record<string, Record<string, Operation>>

  before(async () => {
    parley = await startTestApp()
    people = await registerPeople(parley)
    ;({ paths } = (await parley.call('GET', '/openapi.json')).body as { paths: typeof paths })
  })
  after(() => parley[Symbol.asyncDispose]())

  const fieldsOf = ({ requestBody }: Operation): string[] => {
    const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
    const properties = schemas.flatMap((schema) => [schema, ...(schema.anyOf ?? [])].map((one) => one.properties ?? {}))
    return [...new Set(properties.flatMap((one) => Object.keys(one)))]
  }

  /** Nothing but an answer of the contract; where the value is refused as such, its field is named. */
  function check({ status, body }: Answer, field: string, what: string): void {
    expect(status, what).to.be.lessThan(500)
    const { code, errors = [] } = body as { code?: string; errors?: { path: string }[] }
    if (status !== 400 || code !== 'validation-failed' || errors.length === 0) return
    // a rule about several parameters together names none of them
    const named = errors.every(({ path }) => path === '' || path.split(/[.[]/)[0] === field)
    expect(named, `${what}: ${JSON.stringify(errors)}`).to.equal(true)
  }

  for (const { method, path } of routeList) {
    const name = `${method.toUpperCase()} ${path}`
    it(`${name} answers within its contract`, async () => {
      const operation = paths[path.replace(/:(\w+)/g, '{$1}')]![method]!
      await using world = await openChat(parley, people)
      const token = people['chat admin'].token
      const right = requests[name]!(world)
      const [pathname = '', query = ''] = right.path.split('?')
      const rightBody = right.body === undefined ? {} : { body: right.body }

      for (const parameter of operation.parameters ?? [])
        for (const text of texts) {
          if (parameter.in === 'header' || (parameter.in === 'path' && text === '')) continue
          const at = path.split('/').indexOf(`:${parameter.name}`)
          const hostilePath = parameter.in === 'path' ? pathname.split('/').with(at, text).join('/') : pathname
          const others = query.split('&').filter((one) => one !== '' && !one.startsWith(`${parameter.name}=`))
          const all = parameter.in === 'query' ? [...others, `${parameter.name}=${text}`] : others
          const url = all.length === 0 ? hostilePath : `${hostilePath}?${all.join('&')}`
          check(
            await parley.call(method.toUpperCase(), url, { token, ...rightBody }),
            parameter.name,
            url.slice(0, 200),
          )
        }

      for (const field of fieldsOf(operation))
        for (const value of values) {
          const others = Object.entries(right.body ?? {}).filter(([key]) => key !== field)
          const members = [
            ...others.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`),
            `"${field}":${value}`,
          ]
          const answer = await parley.call(method.toUpperCase(), right.path, { token, body: `{${members.join()}}` })
          check(answer, field, `${name} ${field}=${value.slice(0, 60)}`)
        }
    })
  }
})
