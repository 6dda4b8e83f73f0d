import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import {
  type EventStoreServer,
  startEventStoreServer,
} from '../../support/eventstore-server/start-eventstore-server.js'
import { closeClient } from '../../../src/eventstore/eventstoredb/client.js'
import { eventually } from '../../support/eventually.js'
import { appendQuestions } from './likeness/append-questions.js'
import { type OpenedAsking, openAsking, type Question } from './likeness/asking.js'
import { connectionQuestions } from './likeness/connection-questions.js'
import { deletionQuestions } from './likeness/deletion-questions.js'
import { limitQuestions } from './likeness/limit-questions.js'
import { notImitated } from './likeness/not-imitated.js'
import { readQuestions } from './likeness/read-questions.js'
import { repeatQuestions } from './likeness/repeat-questions.js'
import { subscriptionQuestions } from './likeness/subscription-questions.js'
import { watchUnhandled } from './watch-unhandled.js'

/** What a real server, 23.10.6, answered to each question. */
const observed = JSON.parse(
  readFileSync(new URL('../../../../test/eventstore/eventstoredb/observed.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

const chapters: Record<string, Record<string, Question>> = {
  appending: appendQuestions,
  'appending again': repeatQuestions,
  limits: limitQuestions,
  reading: readQuestions,
  subscribing: subscriptionQuestions,
  deleting: deletionQuestions,
  connections: connectionQuestions,
}

/** Asks the server of `EVENTSTORE_URL` where that is set, to find out whether the record still holds. */
const realUrl = process.env['EVENTSTORE_URL']

describe(`The likeness of ${realUrl === undefined ? 'our EventStoreDB' : realUrl} to a real one`, () => {
  let server: EventStoreServer | undefined
  let asking: OpenedAsking
  watchUnhandled()

  before(async () => {
    if (realUrl === undefined) server = await startEventStoreServer()
    asking = openAsking(realUrl ?? server!.url, realUrl === undefined)
  })

  afterEach(() => asking.leave())

  after(async () => {
    await closeClient(asking.client)
    // what is left open on a server that is not ours would keep this process from ending
    if (server !== undefined) await eventually(() => expect(server).to.include({ reads: 0, subscriptions: 0 }))
    await server?.[Symbol.asyncDispose]()
  })

  for (const [chapter, questions] of Object.entries(chapters)) {
    describe(chapter, () => {
      for (const [name, ask] of Object.entries(questions)) {
        it(name, async () => {
          expect(await ask(asking)).to.deep.equal(observed[name])
        })
      }
    })
  }

  it('covers every recorded question', () => {
    const asked = Object.values(chapters).flatMap((questions) => Object.keys(questions))
    expect(asked.sort()).to.deep.equal(Object.keys(observed).sort())
    for (const [what, why] of Object.entries(notImitated)) console.log(`      not imitated: ${what} (${why})`)
  })
})
