import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { openChat, send, seqsProjection, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

const seqs = async (app: AnalyticsApp): Promise<number[]> =>
  (await app.query<{ seq: number }>('select seq from analytics.seqs order by seq')).map(({ seq }) => seq)

/** Files whose `apply` fails at the second message, with what is reported of it. */
const AT_SECOND: Record<string, [first: string, code: string, line: number | null]> = {
  'an error that is thrown': ['if (event.data.seq === 2) throw new RangeError("two")', 'RangeError', 6],
  'a statement that Postgres refuses': ['if (event.data.seq === 2) await sql`select 1 / 0`', '22012', 6],
  'a statement that is not awaited': ['if (event.data.seq === 2) void sql`select 1 / 0`', '22012', 6],
  'an error of a statement that it catches': [
    'if (event.data.seq === 2) return void (await sql`select 1 / 0`.catch(() => null))',
    'Error',
    null,
  ],
  'a commit': ['if (event.data.seq === 2) await sql`commit`', 'TypeError', 6],
  'two statements at once': ['if (event.data.seq === 2) await sql`select 1; commit`', '42601', 6],
  'an error outside of apply': [
    'if (event.data.seq === 2) await new Promise(() => setTimeout(() => { throw new RangeError("late") }))',
    'RangeError',
    6,
  ],
  'the end of the process': ['if (event.data.seq === 2) process.exit(0)', 'exited', null],
  'an endless loop': ['while (event.data.seq === 2);', 'timeout', 4],
  'a promise that never settles': ['if (event.data.seq === 2) await new Promise(() => undefined)', 'timeout', 4],
  'too much memory': [
    'if (event.data.seq === 2) for (const all = []; ; ) all.push(new Array(1_000_000).fill(Math.random()))',
    'out-of-memory',
    null,
  ],
}

describe("a failure of an analyst's projection pauses it alone, and names file, line and event", () => {
  for (const [what, [first, code, line]] of Object.entries(AT_SECOND))
    it(what, async () => {
      await using app = await startAnalyticsApp(
        { 'broken.mjs': seqsProjection({ first }), 'whole.mjs': seqsProjection().replaceAll('seqs', 'others') },
        {},
        code === 'timeout' ? { projectionDeadlineMs: 2_000 } : {},
      )
      const { ada, chatId } = await openChat(app.parley)
      await app.untilStatus('broken', 'live')
      for (const content of ['one', 'two', 'three']) await send(app.parley, ada, chatId, content)
      const { failure } = await app.untilStatus('broken', 'paused')
      expect(failure).to.include({ code, file: 'broken.mjs', line, eventType: 'MessageSent', stream: `chat-${chatId}` })
      const [second] = await app.query<{ position: string }>(
        `select position from events where type = 'MessageSent' order by position offset 1 limit 1`,
      )
      expect(failure?.position?.split('.').at(-1)).to.equal(second!.position)
      expect(await seqs(app)).to.deep.equal([1])
      await eventually(async () =>
        expect(await app.query('select from analytics.others'), 'the other one goes on').to.have.length(3),
      )

      await app.write('broken.mjs', seqsProjection())
      await (await app.projection('broken')).retry()
      await eventually(async () => expect(await seqs(app)).to.deep.equal([1, 2, 3]))
      await app.untilStatus('broken', 'live')
    })
})

/** Files that cannot even be opened. */
const UNUSABLE: Record<string, [source: string, code: string, line: number | null]> = {
  'a syntax error': ['export const version = 1\nexport const events = [\n', 'SyntaxError', 3],
  'an error while it is loaded': ['\nthrow new RangeError("no")', 'RangeError', 2],
  'an import that is not there': ["import './missing.mjs'", 'ERR_MODULE_NOT_FOUND', null],
  'no version': [seqsProjection().replace('version', 'release'), 'TypeError', null],
  'no events': [seqsProjection().replace("['MessageSent']", '[]'), 'TypeError', null],
  'an event type that is none': [seqsProjection().replace('MessageSent', 'MesageSend'), 'unknown-event-type', 2],
  'the former name of an event type': [
    seqsProjection().replace('MessageSent', 'PersonBlocked'),
    'unknown-event-type',
    2,
  ],
  'tables that Postgres refuses': [seqsProjection({ tables: '\n\ncreate table x (y nonsense)' }), '42704', 5],
  'no tables': [seqsProjection().replace(/`create .*`/, "'select 1'"), 'TypeError', 3],
}

describe("an analyst's file that cannot be used is reported, and used once it is repaired", () => {
  for (const [what, [source, code, line]] of Object.entries(UNUSABLE))
    it(what, async () => {
      await using app = await startAnalyticsApp({ 'broken.mjs': source })
      const { failure } = await app.untilStatus('broken', 'paused')
      expect(failure).to.include({ code, file: 'broken.mjs', line, position: null })
      await app.write('broken.mjs', seqsProjection())
      await (await app.projection('broken')).retry()
      await app.untilStatus('broken', 'live')
    })
})
