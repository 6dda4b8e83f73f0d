// Renders openapi.json as a reference. Everything that comes from it is set as text, never as HTML.

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const MOST_SHOWN_DEPTH = 6

const byId = (id) => document.getElementById(id)

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** A schema in the manner of a TypeScript type; named ones once, by name, within themselves. */
function typeText(schema, components, depth = 0, seen = []) {
  const inner = (each, deeper = depth) => typeText(each, components, deeper, seen)
  if (schema === undefined || schema === true) return 'any'
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)
    if (seen.includes(name) || depth > MOST_SHOWN_DEPTH) return name
    return typeText(components[name], components, depth, [...seen, name])
  }
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map((each) => inner(each)))].join(' | ')
  if (schema.allOf !== undefined) return schema.allOf.map((each) => inner(each)).join(' & ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.type === 'array') return `${wrapped(inner(schema.items))}[]`
  if (schema.properties !== undefined) return objectText(schema, inner, depth)
  if (schema.type === 'object') return `{ [name: string]: ${inner(schema.additionalProperties || {})} }`
  return [schema.type].flat().join(' | ') || 'any'
}

const wrapped = (text) => (text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text)

function objectText({ properties, required = [] }, inner, depth) {
  if (depth > MOST_SHOWN_DEPTH) return '{ … }'
  const indent = '  '.repeat(depth + 1)
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${indent}${name}${mark}: ${inner(schema, depth + 1)}${noteOf(schema)}`
  })
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

/** Bounds and meaning, as a comment. */
function noteOf(schema) {
  const { description, format, pattern, minimum, maximum, maxLength, maxItems } = schema
  const facts = [
    description,
    format,
    pattern !== undefined && format === undefined && `matches ${pattern}`,
    minimum !== undefined && `at least ${minimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    maxItems !== undefined && `at most ${maxItems}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter(Boolean)
  return facts.length === 0 ? '' : `  // ${facts.join(', ')}`
}

function parameterTable(parameters) {
  const rows = parameters.map(({ name, in: place, required, schema = {}, description }) => {
    const type = [schema.type ?? 'string'].flat().join(' | ')
    const note = [description, noteOf(schema).slice(5)].filter(Boolean).join('; ')
    return element(
      'tr',
      {},
      element('td', {}, element('code', {}, name)),
      element('td', {}, `${place}${required ? ', required' : ''}`),
      element('td', {}, type),
      element('td', {}, note),
    )
  })
  return element('table', {}, element('tbody', {}, ...rows))
}

const schemaOf = ({ content = {} }) => Object.values(content)[0]?.schema

function section(title, ...children) {
  return [element('h4', {}, title), ...children]
}

function articleOf({ id, method, path, operation, components }) {
  const { summary, parameters = [], requestBody, responses, security } = operation
  const access = security === undefined ? 'open' : 'bearer token'
  const article = element(
    'article',
    { id },
    element('h3', {}, element('span', { class: 'method' }, method), path, element('span', { class: 'access' }, access)),
    element('p', {}, summary ?? ''),
  )
  if (parameters.length > 0) article.append(...section('Parameters', parameterTable(parameters)))
  if (requestBody !== undefined)
    article.append(...section('Body', element('pre', {}, typeText(schemaOf(requestBody), components))))
  for (const [status, response] of Object.entries(responses)) {
    if (status === 'default') continue
    const schema = schemaOf(response)
    const shown = schema === undefined ? 'no body' : typeText(schema, components)
    article.append(...section(`Answer ${status}`, element('pre', {}, shown)))
  }
  return article
}

function operationsOf({ paths, components = {} }) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method] !== undefined).map((method) => ({
      id: `${method}${path.replace(/[^\w]+/g, '-')}`,
      group: path.split('/')[1],
      method,
      path,
      operation: methods[method],
      components: components.schemas ?? {},
    })),
  )
}

function render(description) {
  const operations = operationsOf(description)
  const contents = byId('contents')
  const main = byId('operations')
  main.replaceChildren()
  const shown = operations.map((operation) => {
    const article = articleOf(operation)
    const link = element('a', { href: `#${operation.id}` }, `${operation.method.toUpperCase()} ${operation.path}`)
    main.append(article)
    return { ...operation, article, link, text: article.textContent.toLowerCase() }
  })
  const groups = Map.groupBy(shown, ({ group }) => group)
  const headings = [...groups].map(([group, members]) => {
    const heading = element('h2', {}, group)
    contents.append(heading, ...members.map(({ link }) => link))
    return { heading, members }
  })
  return { shown, headings }
}

function filter({ shown, headings }, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  for (const { article, link, text } of shown)
    article.hidden = link.hidden = !words.every((word) => text.includes(word))
  for (const { heading, members } of headings) heading.hidden = members.every(({ link }) => link.hidden)
  const found = shown.filter(({ article }) => !article.hidden).length
  byId('count').textContent = `${found} of ${shown.length} operations`
}

async function start() {
  const response = await fetch('/openapi.json')
  if (!response.ok) throw new Error(`openapi.json answered ${response.status}`)
  const page = render(await response.json())
  const search = byId('search')
  search.addEventListener('input', () => filter(page, search.value))
  filter(page, search.value)
  if (location.hash !== '') byId(location.hash.slice(1))?.scrollIntoView()
}

start().catch((error) => {
  byId('operations').replaceChildren(element('p', {}, `The description could not be read: ${error.message}`))
})
