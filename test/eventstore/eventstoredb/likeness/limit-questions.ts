import { ANY, type EventData, NO_STREAM } from '@eventstore/db-client'
import { type Asking, newEvent, newEvents, type Question } from './asking.js'
import { all, appendOutcome, countOf } from './outcome.js'

interface AppendAnswer {
  type?: string
  answer?: { success: boolean }
  actualVersion?: string
}

const bigEvent = (bytes: number): EventData => newEvent('Big', { text: 'x'.repeat(bytes) })

const appendNew = ({ client, newStream }: Asking, events: EventData[]): Promise<object> =>
  appendOutcome(client.appendToStream(newStream(), events, { expectedRevision: NO_STREAM }))

const sizes = [512, 1000, 1100, 2000, 4500].flatMap((kB): [string, Question][] => [
  [`an append of one event of ${kB} kB`, (asking) => appendNew(asking, [bigEvent(kB * 1000)])],
  [
    `an append of ${kB / 4} kB × 4`,
    (asking) =>
      appendNew(
        asking,
        Array.from({ length: 4 }, () => bigEvent(kB * 250)),
      ),
  ],
])

/** Races, sizes, deadlines, names. */
export const limitQuestions: Record<string, Question> = {
  '20 writers, one expected revision': async ({ connect, streamOf }) => {
    const stream = await streamOf(1)
    const clients = Array.from({ length: 4 }, () => connect())
    const append = (i: number): Promise<AppendAnswer> =>
      appendOutcome(clients[i % 4]!.appendToStream(stream, newEvent(), { expectedRevision: 0n }))
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => append(i)))
    const versions = answers.map(({ actualVersion }) => actualVersion).filter((version) => version !== undefined)
    return {
      won: answers.filter(({ answer }) => answer?.success).length,
      lost: answers.filter(({ type }) => type === 'wrong-expected-version').length,
      actualVersions: [...new Set(versions)].sort(),
    }
  },

  '20 appends in flight from one client arrive in order': async ({ client, newStream }) => {
    const stream = newStream()
    const append = (i: number) => client.appendToStream(stream, newEvent('E', { i }), { expectedRevision: ANY })
    await Promise.all(Array.from({ length: 20 }, (_, i) => append(i)))
    const events = await all(client.readStream(stream))
    return events.every(({ event }, i) => (event?.data as { i: number }).i === i)
  },

  ...Object.fromEntries(sizes),

  'an append of 5,000 small events': (asking) => appendNew(asking, newEvents(5000)),

  'the client still works after a refused size': async (asking) => {
    await appendNew(asking, [bigEvent(2_000_000)])
    return appendNew(asking, [newEvent()])
  },

  'an append whose deadline has passed (a client clock 5 s behind)': async ({ client, newStream }) => {
    const stream = newStream()
    const late = client.appendToStream(stream, newEvent(), { expectedRevision: NO_STREAM, deadline: -5000 })
    const answer = await appendOutcome(late)
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'stream names that are refused': async ({ client, newStream }) => {
    const names = {
      empty: '',
      space: newStream('with space'),
      slash: newStream('/x'),
      unicode: newStream('Ωmega'),
      system: `$$$${newStream()}`,
      dollar: `$${newStream()}`,
      long: newStream('n'.repeat(5000)),
    }
    const answers: Record<string, string> = {}
    for (const [kind, name] of Object.entries(names)) {
      const append = client.appendToStream(name, newEvent(), { expectedRevision: ANY, deadline: 3000 })
      const { type }: AppendAnswer = await appendOutcome(append)
      answers[kind] = type ?? 'taken'
    }
    return answers
  },
}
