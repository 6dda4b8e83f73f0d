import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** A field as the code declares it. */
export interface EventField {
  name: string
  isOptional: boolean
  /** As it is written, with names of unions and shapes replaced by what they stand for. */
  type: string
  /** Its comment, on one line. */
  note: string
}

/** Where events are declared, one file for each kind of stream. */
const KINDS = ['log', 'user', 'roles', 'chat', 'inbox', 'moderation', 'security']

interface Declared {
  interfaces: Map<string, ts.InterfaceDeclaration>
  aliases: Map<string, ts.TypeNode>
  /** Lists `as const`, of which types are made. */
  lists: Map<string, string[]>
}

/** What each event means: the comment of its declaration, on one line. */
export function readEventSentences(): Map<string, string> {
  return new Map(readEvents().events.map(([name, event]) => [name, noteOf(event)]))
}

/** The fields of every event of the code, public ones first; in the order in which they are declared. */
export function readEventFields(): Map<string, EventField[]> {
  const { declared, events } = readEvents()
  return new Map(
    events.map(([name, event]) => {
      const partsOf = (part: string) => event.members.find((member) => nameOf(member) === part)
      const fields = ['public', 'personal'].flatMap((part) => fieldsOf(typeOf(partsOf(part)), declared))
      return [name, fields]
    }),
  )
}

function readEvents(): { declared: Declared; events: [string, ts.InterfaceDeclaration][] } {
  const declared: Declared = { interfaces: new Map(), aliases: new Map(), lists: new Map() }
  for (const kind of KINDS) collect(parse(kind), declared)
  return {
    declared,
    events: [...declared.interfaces].filter(([, { heritageClauses }]) => heritageClauses !== undefined),
  }
}

function parse(kind: string): ts.SourceFile {
  const file = new URL(`../../../src/domain/${kind}/events.ts`, import.meta.url)
  return ts.createSourceFile(`${kind}.ts`, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
}

function collect(source: ts.SourceFile, { interfaces, aliases, lists }: Declared): void {
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement)
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type)
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer === undefined || !ts.isAsExpression(initializer)) continue
      if (!ts.isArrayLiteralExpression(initializer.expression)) continue
      lists.set(
        name.getText(),
        initializer.expression.elements.map((element) => element.getText()),
      )
    }
  }
}

function fieldsOf(type: ts.TypeNode | undefined, declared: Declared): EventField[] {
  if (type === undefined) return []
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap((part) => fieldsOf(part, declared))
  if (ts.isTypeReferenceNode(type))
    return fieldsOfMembers(declared.interfaces.get(type.typeName.getText())?.members ?? [], declared)
  return ts.isTypeLiteralNode(type) ? fieldsOfMembers(type.members, declared) : []
}

const fieldsOfMembers = (members: Iterable<ts.TypeElement>, declared: Declared): EventField[] =>
  [...members].map((member) => ({
    name: nameOf(member),
    isOptional: member.questionToken !== undefined,
    type: textOf(typeOf(member), declared).replace(/^\((.*)\)$/, '$1'),
    note: noteOf(member),
  }))

/** The comment of a declaration, on one line. */
const noteOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ')
    .replace(/\s+/g, ' ')

function textOf(type: ts.TypeNode | undefined, declared: Declared): string {
  if (type === undefined) return ''
  return type
    .getText()
    .replace(/\/\*\*.*?\*\//gs, '')
    .replace(/\breadonly /g, '')
    .replace(/\b[A-Z]\w+\b/g, (name) => meaningOf(name, declared))
    .replace(/\s+/g, ' ')
    .replace(/(\S) (\w+\??:)/g, (_, before: string, field: string) =>
      '{;'.includes(before) ? `${before} ${field}` : `${before}; ${field}`,
    )
}

function meaningOf(name: string, declared: Declared): string {
  const alias = declared.aliases.get(name)
  const list = /^\(typeof (\w+)\)\[number\]$/.exec(alias?.getText() ?? '')?.[1]
  if (list !== undefined) return `(${declared.lists.get(list)?.join(' | ') ?? name})`
  if (alias !== undefined) return textOf(alias, declared)
  const shape = declared.interfaces.get(name)
  if (shape === undefined) return name === 'JsonObject' ? 'object' : name
  const fields = fieldsOfMembers(shape.members, declared)
  return `{ ${fields.map((field) => `${labelOf(field)}: ${field.type}`).join('; ')} }`
}

export const labelOf = ({ name, isOptional }: EventField): string => `${name}${isOptional ? '?' : ''}`

const nameOf = (member: ts.TypeElement): string => member.name?.getText() ?? ''

const typeOf = (member: ts.TypeElement | undefined): ts.TypeNode | undefined =>
  member !== undefined && ts.isPropertySignature(member) ? member.type : undefined
