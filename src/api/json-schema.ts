import { z } from 'zod'

export type JsonSchema = Record<string, unknown>
export type Direction = 'input' | 'output'
export type ToSchema = (schema: z.ZodType, io: Direction) => JsonSchema

/** OpenAPI 3.1 takes the latest JSON Schema, AsyncAPI 3 draft 7. */
export type Draft = 'draft-2020-12' | 'draft-7'

/** Turns schemas into JSON Schema; those with a name become `components`, for all of one document. */
export function createToSchema(components: Record<string, JsonSchema>, target: Draft): ToSchema {
  return (schema, io) => {
    const made = z.toJSONSchema(schema, {
      target,
      io,
      override: ({ jsonSchema }) => io === 'output' && open(jsonSchema),
    })
    // Names stand in the definitions of each schema apart; here they are shared. The only one without a name is that of any JSON.
    const text = JSON.stringify(made)
      .replaceAll(/"#\/(?:\$defs|definitions)\//g, '"#/components/schemas/')
      .replaceAll('__schema0', 'Json')
    const { $defs = {}, definitions = {}, $schema: _, ...shown } = JSON.parse(text) as MadeSchema
    // Draft 7 has definitions alone; a name is given by the key.
    for (const [name, { id: _id, ...definition }] of Object.entries({ ...$defs, ...definitions }))
      components[name] = definition
    return shown
  }
}

interface MadeSchema extends JsonSchema {
  $defs?: Record<string, JsonSchema>
  definitions?: Record<string, JsonSchema>
}

/** Answers may gain fields: whoever reads them must let them pass. */
function open(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties
}
