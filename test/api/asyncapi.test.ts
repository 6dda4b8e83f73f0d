import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { serverEventShapes } from '../../src/api/shapes/server-event-shapes.js'
import { serverEventNames } from '../../src/realtime/frames.js'
import { clientEventSchemas } from '../../src/realtime/protocol.js'
import { asyncApi, createAjv, problemsOf } from '../support/asyncapi-schemas.js'

/** JSON Schema of AsyncAPI itself, by its authors. */
const officialSchema = (): object =>
  JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'),
  ) as object

describe('asyncapi.json', () => {
  const { messages } = asyncApi.channels.socket
  const keysOf = (prefix: string): string[] =>
    Object.keys(messages).flatMap((key) => (key.startsWith(`${prefix}.`) ? [key.slice(prefix.length + 1)] : []))

  it('is valid AsyncAPI 3.0', () => {
    const ajv = createAjv()
    const validate = ajv.compile(officialSchema())
    expect(validate(asyncApi), ajv.errorsText(validate.errors)).to.equal(true)
  })

  it('names every event that the server takes, with its ack, and every event that it sends, and no other', () => {
    expect(keysOf('client')).to.deep.equal(Object.keys(clientEventSchemas))
    expect(keysOf('ack')).to.deep.equal(Object.keys(clientEventSchemas))
    expect(keysOf('server')).to.deep.equal([...serverEventNames])
  })

  it('has an operation for each of them, in its direction', () => {
    for (const [name, { action, messages: refs }] of Object.entries(asyncApi.operations)) {
      expect(action, name).to.equal(name.startsWith('server.') ? 'send' : 'receive')
      for (const { $ref } of refs) expect(messages).to.have.property($ref.replace('#/channels/socket/messages/', ''))
    }
    expect(Object.keys(asyncApi.operations)).to.have.members([
      'connect',
      ...keysOf('client').map((name) => `client.${name}`),
      ...keysOf('server').map((name) => `server.${name}`),
    ])
  })

  it('refers to nothing that it does not hold', () => {
    const refs = JSON.stringify(asyncApi).matchAll(/"\$ref":"#\/([^"]+)"/g)
    for (const [, path = ''] of refs) {
      const found = path.split('/').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], asyncApi)
      expect(found, path).to.be.an('object')
    }
  })

  it('has an example for every message, which is valid by its schema and by the validator in use', () => {
    for (const [key, { examples }] of Object.entries(messages)) {
      expect(examples, key).not.to.deep.equal([])
      for (const { payload } of examples) expect(problemsOf(key, payload)).to.deep.equal([])
    }
    for (const [name, schema] of Object.entries(clientEventSchemas))
      expect(schema.safeParse(messages[`client.${name}`]?.examples[0]?.payload).error, name).to.equal(undefined)
    for (const [name, shape] of Object.entries(serverEventShapes))
      expect(shape.safeParse(messages[`server.${name}`]?.examples[0]?.payload).error, name).to.equal(undefined)
  })
})
