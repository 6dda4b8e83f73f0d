import { expect } from 'chai'
import pg from 'pg'
import { createEventTable } from '../../src/eventstore/postgres/event-table.js'
import { createPositions } from '../../src/eventstore/positions.js'
import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import { createConversationQueries } from '../../src/projections/conversations/create-conversation-queries.js'
import type { TableName } from '../../src/projections/engine/projection.js'
import { explain, listeningPool, type Asked, type TableRead } from '../support/explain.js'
import { openReadSide, type ReadSide } from './read-side.js'

const PEOPLE = 3_000
const CHATS = 5_000
/** In each chat. */
const PARTICIPANTS = 40
/** In each of the first two chats; ten in each other. */
const LONG = 20_000
/** Of the first user. */
const OWN_CHATS = 60
const LIMIT = 50
/** Of the messages of the first chat, one a second; each hundredth is open. */
const REPORTS = 20_000

const reportedAt = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString()

describe('with many users, chats and messages stored', function () {
  this.timeout(240_000)
  let read: ReadSide
  let pool: pg.Pool
  let queries: ConversationQueries
  let readStream: (after: number) => Promise<unknown[]>
  let asked: Asked[]
  const called = new Set<string>()
  const ids = { viewer: '', back: '', full: '', hiding: '', message: '', report: '', webhook: '' }

  before(async () => {
    read = await openReadSide()
    const open = await read.open()
    asked = []
    const { connectionString = '' } = read.side.pool.options
    const patient = new pg.Pool({ connectionString }) // statements of a fill take longer than those of a server may
    await fill(patient, open.table).finally(() => patient.end())
    pool = listeningPool(connectionString, (statement) => asked.push(statement))
    queries = noting(createConversationQueries(pool, open), called)
    const events = createEventTable(pool, createPositions('any'), 10_000)
    readStream = (after) => events.readStream('chat-c1', { after, limit: LIMIT })
    const { rows } = await pool.query<typeof ids>(`select md5('p1')::uuid as viewer, md5('p2')::uuid as back,
      md5('c1')::uuid as full, md5('c2')::uuid as hiding, md5('m1 10000')::uuid as message, md5('r10000')::uuid as report,
      md5('w1 1')::uuid as webhook`)
    Object.assign(ids, rows[0])
  })

  after(async () => {
    await pool.end()
    await read[Symbol.asyncDispose]()
  })

  const { viewer, back, full, hiding, message, report, webhook } = Object.fromEntries(
    Object.keys(ids).map((key) => [key, () => ids[key as keyof typeof ids]]),
  ) as { [Key in keyof typeof ids]: () => string }

  /** What each asks for, and how many rows of one table a node of its plan may look at. */
  const asks: Record<string, [most: number, ask: () => Promise<unknown>]> = {
    'the list of chats': [OWN_CHATS * 11, () => queries.chats(viewer(), LIMIT, null)],
    'the latest messages': [LIMIT + 1, () => queries.messages(full(), viewer(), { latest: true }, LIMIT)],
    'messages before a seq': [LIMIT + 2, () => queries.messages(full(), viewer(), { before: 9_000 }, LIMIT)],
    'messages after a seq': [LIMIT + 2, () => queries.messages(full(), viewer(), { after: 9_000 }, LIMIT)],
    // as many on each side, in case the other has fewer
    'messages around a seq': [LIMIT * 2 + 2, () => queries.messages(full(), viewer(), { around: 9_000 }, LIMIT)],
    'the latest messages to someone from whom most are hidden': [
      LIMIT * 2,
      () => queries.messages(hiding(), back(), { latest: true }, LIMIT),
    ],
    'messages before a seq to someone from whom most are hidden': [
      LIMIT * 2,
      () => queries.messages(hiding(), back(), { before: LONG - 4 }, LIMIT),
    ],
    'the list of chats of someone from whom most is hidden': [OWN_CHATS * 11, () => queries.chats(back(), LIMIT, null)],
    'one message': [2, () => queries.message(full(), message(), viewer())],
    'one chat': [LIMIT + 1, () => queries.chat(full(), viewer())],
    participants: [LIMIT + 1, () => queries.participants(full(), viewer(), LIMIT, '1.5')],
    'the first bans': [LIMIT + 1, () => queries.bans(full(), viewer(), LIMIT, null)],
    'more bans': [LIMIT + 1, () => queries.bans(full(), viewer(), LIMIT, '20000')],
    'whom someone blocks': [LIMIT + 1, () => queries.blocks(viewer(), LIMIT, null).then(({ items }) => items)],
    'more of whom someone blocks': [LIMIT + 1, () => queries.blocks(viewer(), LIMIT, '900').then(({ items }) => items)],
    // those the user is in, or banned from, are passed over
    'chats to join': [
      LIMIT + OWN_CHATS + 1,
      () => queries.openChats(viewer(), null, LIMIT, null).then(({ items }) => items),
    ],
    'chats to join by a rare word': [
      LIMIT + OWN_CHATS + 1,
      () => queries.openChats(viewer(), 'number 70', LIMIT, null).then(({ items }) => items),
    ],
    'chats to join by a word of all of them': [
      LIMIT + OWN_CHATS + 1,
      () => queries.openChats(viewer(), 'num', LIMIT, null).then(({ items }) => items),
    ],
    'more chats to join': [
      LIMIT + OWN_CHATS + 1,
      async () => {
        const { next } = await queries.openChats(viewer(), 'num', LIMIT, null)
        asked.length = 0
        return (await queries.openChats(viewer(), 'num', LIMIT, next)).items
      },
    ],
    'chats by a word of all their names': [
      // each with a few of its participants
      (LIMIT + 1) * 11,
      () => filled(queries.findChats({ query: 'chat', participantId: null, limit: LIMIT, after: null })),
    ],
    'more chats by a word of all their names': [
      (LIMIT + 1) * 11,
      async () => {
        const search = { query: 'chat', participantId: null, limit: LIMIT }
        const { next } = await queries.findChats({ ...search, after: null })
        asked.length = 0
        return filled(queries.findChats({ ...search, after: next }))
      },
    ],
    'chats by a rare word of their names': [
      (LIMIT + 1) * 11,
      () =>
        queries.findChats({ query: '4711', participantId: null, limit: LIMIT, after: null }).then(({ items }) => items),
    ],
    'chats in which a user ever took part': [
      (LIMIT + 1) * 11,
      () => filled(queries.findChats({ query: null, participantId: viewer(), limit: LIMIT, after: null })),
    ],
    'chats in which a user ever took part, by a word of their names': [
      OWN_CHATS * 11,
      () =>
        queries
          .findChats({ query: 'number 7', participantId: viewer(), limit: LIMIT, after: null })
          .then(({ items }) => items),
    ],
    'one membership': [24, () => queries.chatMembership(full(), viewer())],
    'all memberships of a user': [4 * OWN_CHATS, () => queries.chatMemberships([viewer()])],
    'details of past events': [
      LIMIT,
      () =>
        queries.pastDetails(full(), {
          chat: true,
          messageIds: [message()],
          participantsAt: [{ userId: viewer(), version: 1 }],
        }),
    ],
    'messages of past events': [
      LIMIT,
      () => queries.pastDetails(full(), { chat: false, messageIds: [message()], participantsAt: [] }),
    ],
    'a stream': [LIMIT, () => readStream(9_000)],
    'the ids of a user’s chats': [OWN_CHATS, () => queries.chatIdsOf(viewer())],
    'who sees whether a user is online': [
      OWN_CHATS + 1,
      () => queries.presenceAudienceOf(viewer()).then(({ chatIds }) => chatIds),
    ],
    'whom of some a user sees online': [
      OWN_CHATS * 2,
      () => queries.presenceVisibleTo(viewer(), [viewer(), back()]).then((shown) => [...shown.keys()]),
    ],
    'every chat that a user was ever in': [OWN_CHATS * 2, () => queries.everyChatIdOf(viewer())],
    'whether a chat of a user is under a hold': [OWN_CHATS * 2, () => queries.isInHeldChat(viewer()).then(String)],
    'how long a chat keeps messages': [1, () => queries.retentionOf(full()).then(String)],
    'whether a user was ever in a chat': [3, () => queries.hasEverHad(full(), [viewer()]).then(String)],
    // the messages of this chat alone
    'the months of a chat that are past its retention': [LONG, () => queries.expiredMonths(full(), new Date(0))],
    'the bots of a user': [LIMIT, () => queries.botIdsOf(viewer()).then((ids) => [...ids, 'none'])],
    'how many take part': [1, () => queries.participantCount(full())],
    'people by id': [2, () => queries.people([viewer(), back()])],
    'profiles by id': [2, () => queries.profiles([viewer(), back()])],
    'profiles by name': [
      LIMIT + 1,
      () => queries.findProfiles({ query: 'user', limit: LIMIT, after: null }).then(({ items }) => items),
    ],
    'the newest reports': [LIMIT + 1, () => filled(queries.reports(null, LIMIT, null))],
    'open reports among many settled ones, further down': [
      LIMIT + 1,
      () => filled(queries.reports('open', LIMIT, `${reportedAt(REPORTS / 2)}_${full()}`)),
    ],
    'settled reports, further down': [
      LIMIT + 1,
      () => filled(queries.reports('settled', LIMIT, `${reportedAt(REPORTS / 2)}_${full()}`)),
    ],
    'the chat of a report': [1, () => queries.chatOfReport(report())],
    'the own report of a message': [1, () => queries.ownReport(message(), viewer(), null)],
    // each chat has a word of the text's index of its own; all hits are sorted
    'messages with a rare word': [LIMIT * 2, () => filled(search('needle'))],
    'messages with a mistyped word': [LIMIT * 2, () => filled(search('neddle'))],
    'messages with a word that occurs nowhere': [
      OWN_CHATS,
      () => search('unsaid').then(({ items }) => [...items, 'none']),
    ],
    'the history of a message': [2, () => queries.edits(full(), message(), viewer(), LIMIT, null)],
    'users who reacted': [2, () => queries.reactions(full(), message(), viewer()).then((found) => found?.answer ?? [])],
    pins: [LIMIT, () => queries.pins(full(), viewer(), LIMIT, null).then((found) => found?.answer.items ?? [])],
    'members to whom a message is not visible': [
      PARTICIPANTS * 3,
      () => queries.membersWithoutAccess(hiding(), 5_000, LONG).then((ids) => [...ids, 'none']),
    ],
    'everyone, page by page': [LIMIT + 1, () => queries.everyone(LIMIT, back()).then(({ items }) => items)],
    'the webhooks of a chat': [20, () => queries.webhooks(full(), viewer()).then((found) => found?.answer.items ?? [])],
    'one webhook': [1, () => queries.webhook(full(), viewer(), webhook())],
    'the bot of an incoming webhook': [1, () => queries.incomingWebhook(webhook())],
    'statuses of webhooks': [2, () => queries.webhookStatuses([webhook()]).then((found) => [...found])],
    // all that the two have made are looked at
    'webhooks that end with their creator’s power': [
      101,
      () =>
        queries.webhooksEndedBy([
          { userId: viewer(), chatId: full(), version: 100, at: reportedAt(0), causationId: 'e1' },
          { userId: back(), chatId: null, version: 100, at: reportedAt(0), causationId: 'e2' },
        ]),
    ],
    'the own profile': [1, () => queries.ownProfile(viewer())],
  }

  const search = async (query: string) => {
    const request = { query, chatId: null, senderId: null, from: null, to: null, order: 'relevance' as const }
    return (await queries.search(viewer(), request, LIMIT, null)) ?? { items: [] }
  }

  for (const [what, [most, ask]] of Object.entries(asks))
    it(`${what}: nothing is read that is not needed`, async () => {
      asked.length = 0
      expect(await ask()).to.satisfy((answer: unknown) => answer !== null && !isEmpty(answer))
      const statements = [...asked]
      expect(statements).not.to.deep.equal([])
      for (const statement of statements) {
        const reads = (await explain(pool, statement)).filter(({ table }) => table !== 'projections')
        const wrong = reads.filter(({ how, rows }) => how === 'Seq Scan' || rows > most)
        expect(wrong, statement.name ?? statement.text).to.deep.equal([])
      }
    })

  it('a search reads the same rows, whatever is sent to chats of others', async () => {
    const work = async (query: string): Promise<TableRead[]> => {
      asked.length = 0
      await search(query)
      const reads = await Promise.all([...asked].map((statement) => explain(pool, statement)))
      return reads.flat().map(({ table, rows }) => ({ table, how: '', rows }))
    }
    const queries = ['needle', 'neddle', 'unsaid', 'unsiad', 'hello needle', '"hello needle"', 'need']
    const before: TableRead[][] = []
    for (const query of queries) before.push(await work(query))
    await sendToOthers(pool, (await read.open()).table)
    for (const [index, query] of queries.entries()) expect(await work(query), query).to.deep.equal(before[index])
  })

  it('no query is left without a case', () => {
    expect(Object.keys(queries).filter((name) => !called.has(name))).to.deep.equal([])
  })
})

/** The same queries; each one's name is added when it is called. */
function noting(queries: ConversationQueries, called: Set<string>): ConversationQueries {
  return new Proxy(queries, {
    get(target, name, receiver) {
      called.add(String(name))
      return Reflect.get(target, name, receiver) as unknown
    },
  })
}

/** A page that holds as much as was asked for. */
const filled = async (page: Promise<{ items: unknown[] }>): Promise<unknown[]> => {
  const { items } = await page
  return items.length === LIMIT ? items : []
}

const isEmpty = (answer: unknown): boolean => Array.isArray(answer) && answer.length === 0

/** Words that the first user searches for, in chats in which they take no part. */
async function sendToOthers(pool: pg.Pool, table: TableName): Promise<void> {
  await pool.query(`
    insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
    select gen_random_uuid(), c.id, 1, c.created_by, now(),
      (right(c.id::text, 12) || 'needle:1 ' || right(c.id::text, 12) || 'unsaid:2')::tsvector
    from (select * from ${table('chats')} order by active_at limit 100) c, generate_series(1, 50);
    insert into ${table('chat_words')} (chat_id, word)
    select c.id, word from (select * from ${table('chats')} order by active_at limit 100) c,
      unnest(array['needle', 'needles', 'unsaid', 'unsaids']) as word on conflict do nothing;
    analyze`)
}

/** As the projection would, only faster. The second user was twice in the second chat, which hides what was between. */
async function fill(pool: pg.Pool, table: TableName): Promise<void> {
  const user = (place: string): string => `md5('p' || ${place})::uuid`
  const chat = (place: string): string => `md5('c' || ${place})::uuid`
  const messagesOf = (chats: string, count: number): string => `
    insert into ${table('messages')} (id, chat_id, seq, version, sent_version, sender_id, type, content, created_at, recorded_at)
    select md5('m' || c || ' ' || seq)::uuid, ${chat('c')}, seq, seq + 1, seq + 1, ${user('(1 + seq % 40)')}, 'text', 'Hello', now(), now()
    from ${chats} as c, generate_series(1, ${count}) as seq`
  await pool.query(`
    insert into ${table('users')} (id, name, created_at, updated_at)
    select ${user('p')}, 'User ' || p, now(), now() from generate_series(1, ${PEOPLE}) as p;

    insert into ${table('chats')} (id, type, created_by, created_at, updated_at, active_at, history_visibility, join_policy,
      participant_count, last_seq, version, always_full)
    select ${chat('c')}, 'group', ${user('1')}, now(), now(), now() - c * interval '1 second',
      case c when 2 then 'since-joined' else 'full' end, 'open', ${PARTICIPANTS}, 10, 11, c <> 2 from generate_series(1, ${CHATS}) as c;
    insert into ${table('own_settings')} (user_id, chat_id, muted, hidden_seq)
    select ${user('p')}, ${chat('c')}, true, 0 from generate_series(1, 100) as p, generate_series(1, 100) as c;
    insert into ${table('deleted_seqs')} (chat_id, seq)
    select ${chat('c')}, seq from generate_series(1, ${CHATS}) as c, generate_series(1, 10, 3) as seq;

    insert into ${table('chat_holds')} (chat_id) select ${chat('c')} from generate_series(1, ${CHATS}) as c where c > 1;
    insert into ${table('full_spans')} (chat_id, from_version) select ${chat('c')}, 1 from generate_series(1, ${CHATS}) as c where c <> 2;

    insert into ${table('memberships')} (chat_id, user_id, from_version, join_order, role, joined_at, joined_seq, read_seq)
    select ${chat('c')}, ${user('p')}, 1, place, 'member', now(), 0, 0
    from generate_series(1, ${CHATS}) as c, generate_series(1, ${PARTICIPANTS}) as place,
      lateral (select case when c <= ${OWN_CHATS} then place else 100 + (c * 7 + place) % 2800 end as p) as who;

    update ${table('memberships')} set to_version = 100 where chat_id = ${chat('2')} and user_id = ${user('2')};
    insert into ${table('memberships')} (chat_id, user_id, from_version, join_order, role, joined_at, joined_seq, read_seq)
    values (${chat('2')}, ${user('2')}, ${LONG - 9}, 0, 'member', now(), ${LONG - 10}, 0);

    insert into ${table('open_chats')} (owner_id, word_index, start)
    select ${chat('c')}, place, start from generate_series(1, ${CHATS}) as c, lateral (values
      (0, 'chat number ' || c), (1, 'number ' || c), (2, c::text)) as s(place, start);

    insert into ${table('chat_names')} (owner_id, word_index, start) select owner_id, word_index, start from ${table('open_chats')};

    insert into ${table('bans')} (chat_id, user_id, version, by_id, at)
    select ${chat('c')}, ${user('p')}, p * 10, ${user('1')}, now()
    from generate_series(1, 20) as c, generate_series(1, ${PEOPLE}) as p;

    insert into ${table('blocks')} (user_id, blocked_id, version)
    select ${user('p')}, ${user('(p + b) % 3000 + 1')}, b from generate_series(1, 50) as p, generate_series(1, 1000) as b;

    ${messagesOf('generate_series(1, 2)', LONG)};
    ${messagesOf(`generate_series(3, ${CHATS})`, 10)};

    insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
    select id, chat_id, sent_version, sender_id, created_at,
      (right(chat_id::text, 12) || 'hello:1' || case when seq % 400 = 0 then ' ' || right(chat_id::text, 12) || 'needle:2' else '' end)::tsvector
      || array_to_tsvector(array['@' || right(chat_id::text, 12) || right(sender_id::text, 12)])
    from ${table('messages')};
    insert into ${table('chat_words')} (chat_id, word)
    select id, word from ${table('chats')}, unnest(array['hello', 'needle']) as word;
    insert into ${table('user_names')} (owner_id, word_index, start)
    select ${user('p')}, place, start from generate_series(1, ${PEOPLE}) as p, lateral (values
      (0, 'user ' || p), (1, p::text)) as s(place, start);
    insert into ${table('mentions')} (message_id, user_id, chat_id, seq, sent_version, sender_id)
    select id, ${user('1')}, chat_id, seq, sent_version, sender_id from ${table('messages')} where seq % 1000 = 0;

    insert into ${table('edits')} (message_id, version, content, at)
    select id, version, 'Hullo', created_at from ${table('messages')};
    insert into ${table('reactions')} (message_id, emoji, user_id, version) select id, '👍', sender_id, version from ${table('messages')};
    insert into ${table('reaction_counts')} (message_id, emoji, first_version, count) select id, '👍', version, 1 from ${table('messages')};
    insert into ${table('pins')} (chat_id, message_id, pinned_by, pinned_at, version)
    select chat_id, id, sender_id, created_at, version from ${table('messages')} where seq <= 5;
    insert into ${table('expired_months')} (chat_id, month) select id, '2020-0' || m from ${table('chats')}, generate_series(1, 3) as m;

    insert into ${table('reports')} (id, chat_id, message_id, reporter_id, reason, created_at, settled_at, settled_by)
    select md5('r' || r)::uuid, ${chat('1')}, md5('m1 ' || r)::uuid, ${user('1')}, 'spam', timestamptz '2026-01-01Z' + r * interval '1 second',
      case when r % 100 > 0 then now() end, case when r % 100 > 0 then ${user('2')} end from generate_series(1, ${REPORTS}) as r;

    insert into ${table('webhooks')} (id, chat_id, created_version, from_version, by_id, created_at, direction, url)
    select md5('w' || c || ' ' || w)::uuid, ${chat('c')}, w, w, ${user('1 + (c + w) % 1000')}, now(), 'out', 'https://hook.example/'
    from generate_series(1, ${CHATS}) as c, generate_series(1, 10) as w;
    update ${table('webhooks')} set by_id = ${user('1')}, bot_id = ${user('2')} where id = md5('w1 1')::uuid;

    insert into events (position, stream, version, id, type, data, metadata)
    select 1000 + v, 'chat-c' || v % 2, (v + 1) / 2, md5('e' || v)::uuid, 'MessageSent', '{}', '{}' from generate_series(1, ${LONG * 2}) as v;

    analyze`)
}
