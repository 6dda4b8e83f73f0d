import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { allUpcasters, currentType, formerTypes } from '../../src/domain/any-event.js'
import type { JsonObject } from '../../src/domain/event.js'
import { currentSchemaVersion, upcast } from '../../src/domain/upcast.js'

/** Public data as one release stored it. A file is added with each new type or version, and never changed. */
interface Sample {
  type: string
  schemaVersion: number
  data: JsonObject
}

const folder = new URL('../../../test/domain/samples/', import.meta.url)
const samples = new Map(
  readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Sample]),
)

const fileOf = (type: string, schemaVersion: number): string => `${type}.${schemaVersion}.json`

/** Each former name was last written at schema version 1. */
const everWritten = [
  ...Object.keys(formerTypes).map((type) => ({ type, schemaVersion: 1 })),
  ...Object.keys(allUpcasters).flatMap((type) =>
    Array.from({ length: currentSchemaVersion(allUpcasters, type) }, (_, index) => ({
      type,
      schemaVersion: index + 1,
    })),
  ),
]

/** Sealed in the current version: an old event has them in clear, or as null. */
const sealedSince: Record<string, string[]> = {
  'MessageSent.1.json': ['messageType', 'mentions', 'mentionsAll'],
  'MessageEdited.1.json': ['mentions', 'mentionsAll'],
}

describe('stored samples', () => {
  it('there is one for each version of every event ever written, and no other', () => {
    const expected = everWritten.map(({ type, schemaVersion }) => fileOf(type, schemaVersion))
    expect([...samples.keys()]).to.have.members(expected)
  })

  for (const [file, { type, schemaVersion, data }] of samples) {
    it(`${file} is read as the current version`, () => {
      const present = currentType(type)
      const current = samples.get(fileOf(present, currentSchemaVersion(allUpcasters, present)))
      expect(file).to.equal(fileOf(type, schemaVersion))
      expect(upcast(allUpcasters, present, schemaVersion, data)).to.have.all.keys([
        ...Object.keys(current!.data),
        ...(sealedSince[file] ?? []),
      ])
    })
  }
})

describe('upcasting', () => {
  const upcasters = {
    Renamed: [
      ({ name, ...rest }: JsonObject) => ({ ...rest, title: name ?? null }),
      (data: JsonObject) => ({ ...data, lines: [data['title'] ?? null] }),
    ],
    Unchanged: [],
  }

  it('applies every step from the stored version to the current one', () => {
    const current = { id: 1, title: 'a', lines: ['a'] }
    expect(upcast(upcasters, 'Renamed', 1, { id: 1, name: 'a' })).to.deep.equal(current)
    expect(upcast(upcasters, 'Renamed', 2, { id: 1, title: 'a' })).to.deep.equal(current)
    expect(upcast(upcasters, 'Renamed', 3, current)).to.deep.equal(current)
    expect(upcast(upcasters, 'Unchanged', 1, { id: 1 })).to.deep.equal({ id: 1 })
  })

  it('does not change the stored event', () => {
    const stored = Object.freeze({ id: 1, name: 'a' })
    upcast(upcasters, 'Renamed', 1, stored)
    expect(stored).to.deep.equal({ id: 1, name: 'a' })
  })

  it('returns null for a version newer than this release knows', () => {
    expect(upcast(upcasters, 'Renamed', 4, {})).to.equal(null)
    expect(upcast(upcasters, 'Unchanged', 2, {})).to.equal(null)
  })

  it('returns null for an unknown type, also for names of Object.prototype', () => {
    for (const type of ['Other', 'constructor', 'toString', '__proto__', '']) {
      expect(upcast(upcasters, type, 1, {}), type).to.equal(null)
    }
  })

  it('the current version is the number of steps plus one', () => {
    expect(currentSchemaVersion(upcasters, 'Renamed')).to.equal(3)
    expect(currentSchemaVersion(upcasters, 'Unchanged')).to.equal(1)
  })
})
