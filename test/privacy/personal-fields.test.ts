import { expect } from 'chai'
import { personalFields } from '../../src/privacy/personal-fields.js'
import { samples } from './samples.js'

/** The strings in a value, each by its path; the places of a list share one. */
function stringPaths(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return [path]
  if (Array.isArray(value)) return value.flatMap((item) => stringPaths(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => stringPaths(inner, path === '' ? name : `${path}.${name}`))
}

/** What is personal is so with all that is in it; what is public is declared string by string. */
function undeclared(event: { type: keyof typeof personalFields }): string[] {
  const { type, ...fields } = event
  const declared = new Map(Object.entries<unknown>(personalFields[type]))
  return stringPaths(fields).filter((path) => {
    const whole = declared.get(path.replace(/[.[].*$/, ''))
    return !declared.has(path) && (whole === undefined || whole === 'public')
  })
}

describe('personal fields', () => {
  for (const event of Object.values(samples)) {
    it(`every string of ${event.type} is declared as public or as personal data of a user`, () => {
      expect(undeclared(event)).to.deep.equal([])
    })
  }

  it('an undeclared string is found, also deeply nested', () => {
    const [first] = samples.ChatCreated.participants
    const nickname = { ...samples.ParticipantAdded, nickname: 'Bobby' }
    const title = { ...samples.ChatCreated, participants: [{ ...first, title: 'Dr' }] }
    expect(undeclared(nickname)).to.deep.equal(['nickname'])
    expect(undeclared(title)).to.deep.equal(['participants[].title'])
  })

  it('the user of a personal field is in a public field of the same event', () => {
    for (const [type, fields] of Object.entries(personalFields)) {
      const declared = new Map(Object.entries<unknown>(fields))
      for (const kind of Object.values<'public' | { user: string }>(fields)) {
        if (kind !== 'public') expect(declared.get(kind.user), type).to.equal('public')
      }
    }
  })
})
