import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { allUpcasters } from '../../src/domain/any-event.js'
import { personalFields } from '../../src/privacy/personal-fields.js'
import { readEventFields, readEventSentences } from './event-fields.js'
import { eventsPage, formattedEventsPage } from './events-page.js'

describe('docs/events.md', () => {
  it('equals the code for every event; `node scripts/events-page.js` writes it', async () => {
    expect(readFileSync(eventsPage, 'utf8')).to.equal(await formattedEventsPage())
  })

  it('has a sentence for every event, the comment of its declaration', () => {
    const sentences = readEventSentences()
    expect([...sentences.keys()]).to.have.members(Object.keys(allUpcasters))
    for (const [type, sentence] of sentences) expect(sentence, type).to.match(/^[A-Z`].*[.]$/)
  })

  it('reads every field of every event from the code', () => {
    const fields = readEventFields()
    expect([...fields.keys()]).to.have.members(Object.keys(allUpcasters))
    for (const [type, declared] of Object.entries(personalFields)) {
      const names = new Set(Object.keys(declared).map((path) => path.replace(/\[\].*$/, '')))
      expect(
        fields.get(type)?.map(({ name }) => name),
        type,
      ).to.have.members([...names])
    }
  })
})
