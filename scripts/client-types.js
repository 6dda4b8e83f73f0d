// Writes the types of the REST API for packages/client, from the OpenAPI document of the routes as `npm run build` built them; with `--print`, to
// the standard output.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'

const clientTypesFile = fileURLToPath(new URL('../packages/client/src/rest/openapi.ts', import.meta.url))

const HEADER = '// Generated from openapi.json by `npm run client:types`: do not edit.\n\n'

async function clientTypes() {
  const { openApiDocument } = await import('../dist/src/api/openapi.js')
  const { routeList } = await import('../dist/src/api/route-list.js')
  const types = astToString(await openapiTS(successesOnly(openApiDocument(routeList)), { defaultNonNullable: false }))
  const options = await resolveConfig(clientTypesFile)
  return format(HEADER + types, { ...options, parser: 'typescript' })
}

/** Failures are problems on every route, and the client itself sets the headers: neither is repeated for each operation. */
function successesOnly({ paths, components, ...document }) {
  // Any JSON: its type would refer to itself.
  const schemas = { ...components.schemas, Json: {} }
  return { ...document, paths: mapValues(paths, (path) => mapValues(path, operation)), components: { schemas } }
}

const operation = ({ summary, parameters = [], requestBody, responses }) => ({
  summary,
  parameters: parameters.filter(({ in: place }) => place !== 'header'),
  ...(requestBody && { requestBody: withoutExamples(requestBody) }),
  responses: Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2'))),
})

const withoutExamples = ({ content, ...body }) => ({
  ...body,
  content: mapValues(content, ({ schema }) => ({ schema })),
})

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

const types = await clientTypes()
if (process.argv.includes('--print')) process.stdout.write(types)
else writeFileSync(clientTypesFile, types)
