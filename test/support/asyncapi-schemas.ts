import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { asyncApiDocument } from '../../src/api/asyncapi/asyncapi.js'

export interface AsyncApiMessage {
  name: string
  payload: object
  examples: { name: string; payload: unknown }[]
}

export interface AsyncApiDocument {
  channels: { socket: { messages: Record<string, AsyncApiMessage> } }
  operations: Record<string, { action: 'send' | 'receive'; messages: { $ref: string }[]; reply?: object }>
  components: { schemas: Record<string, object> }
}

export const asyncApi = asyncApiDocument() as AsyncApiDocument

export const createAjv = (): Ajv => {
  const ajv = new Ajv({ allErrors: true, strict: false })
  formats.default(ajv)
  return ajv
}

const ajv = createAjv().addSchema({ $id: 'document', components: asyncApi.components })

/** What is wrong with a payload by the document's message of this key. */
export function problemsOf(key: string, payload: unknown): string[] {
  const message = asyncApi.channels.socket.messages[key]
  if (message === undefined) return [`${key} is not in asyncapi.json`]
  const validate = validatorOf(key, message)
  if (validate(payload)) return []
  return [`${key}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(payload)}`]
}

const validators = new Map<string, ValidateFunction>()

function validatorOf(key: string, { payload }: AsyncApiMessage): ValidateFunction {
  const text = JSON.stringify(payload).replaceAll('"#/components/', '"document#/components/')
  const validate = validators.get(key) ?? ajv.compile(JSON.parse(text) as object)
  validators.set(key, validate)
  return validate
}
