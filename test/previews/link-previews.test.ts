import { expect } from 'chai'
import { noFailures } from '../support/failure-report.js'
import type { Fetched } from '../../src/outbound/outcome.js'
import type { FetchRequest } from '../../src/outbound/safe-fetch.js'
import { createJobs } from '../../src/previews/jobs.js'
import { createPreviewLink } from '../../src/previews/preview-link.js'
import { createPreviewMessage } from '../../src/previews/preview-message.js'
import { startLinkPreviews } from '../../src/previews/start-link-previews.js'
import { eventually } from '../support/eventually.js'
import { uuid } from '../support/uuid.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

interface Message {
  id: string
  chatId: string
  version: number
  linkPreviews: object[]
}

interface PreviewFrame {
  chatId: string
  version: number
  messageId: string
  linkPreviews: object[]
}

/** A web of pages by URL: a page's HTML, or why there is none. */
function createWeb(pages: Record<string, string | Fetched>) {
  const fetched: string[] = []
  return {
    fetched,
    pages,
    safeFetch(url: string, _request?: FetchRequest): Promise<Fetched> {
      fetched.push(url)
      const page = pages[url] ?? { kind: 'refused', code: 'unresolvable' }
      if (typeof page !== 'string') return Promise.resolve(page)
      const headers = { 'content-type': 'text/html; charset=utf-8' }
      return Promise.resolve({ kind: 'ok', status: 200, headers, body: Buffer.from(page), isCut: false, url })
    },
  }
}

const always = (): Promise<boolean> => Promise.resolve(true)

const unreachable: Fetched = { kind: 'refused', code: 'unreachable' }
const PAGE = 'https://a.example/page'
const preview = { url: PAGE, title: 'A page', description: null, imageUrl: null }

describe('link previews', () => {
  let parley: TestApp
  let web: ReturnType<typeof createWeb>
  let alice: TestUser
  let bob: TestUser
  let group: string

  async function start(config: Parameters<typeof startTestApp>[0] = {}): Promise<void> {
    web = createWeb({ [PAGE]: '<title>A page</title>' })
    parley = await startTestApp({ linkPreviews: true, ...config }, { safeFetch: (...asked) => web.safeFetch(...asked) })
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
    group = await createChat({ name: 'Team' })
  }

  const createChat = async (settings: object, others = [bob.id]): Promise<string> => {
    const { body } = await parley.call('POST', '/chats', {
      token: alice.token,
      body: { participantIds: others, ...settings },
    })
    return (body as { id: string }).id
  }
  const send = async (chatId: string, content: string): Promise<Message> =>
    (await parley.call('POST', `/chats/${chatId}/messages`, { token: alice.token, body: { content } })).body as Message
  const get = async <Body>(path: string, user = bob): Promise<Body> =>
    (await parley.call('GET', path, { token: user.token })).body as Body
  const messageOf = ({ chatId, id }: Message): Promise<Message> => get(`/chats/${chatId}/messages/${id}`)
  const jobs = async (): Promise<object[]> => {
    const text = 'select attempts, done from link_preview_jobs order by stream, version'
    return (await parley.app.core.databases.main.query<object>(text)).rows
  }
  const eventsOf = async (chatId: string): Promise<string[]> =>
    (await parley.app.core.log.readStream(`chat-${chatId}`, { limit: 100 })).map(({ type }) => type)

  afterEach(() => parley[Symbol.asyncDispose]())

  it('follow the message: as an event, a frame, in the message and the history', async () => {
    await start()
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const frame = next<PreviewFrame>(socket, 'link_previews')
    const sent = await send(group, `see ${PAGE}`)
    expect(sent.linkPreviews).to.deep.equal([])
    expect(await frame).to.deep.equal({
      chatId: group,
      version: sent.version + 1,
      messageId: sent.id,
      linkPreviews: [preview],
    })
    expect(await messageOf(sent)).to.deep.include({ linkPreviews: [preview], version: sent.version + 1 })
    const past = await get<{ event: string; payload: object }[]>(`/chats/${group}/events?after=${sent.version}`)
    expect(past).to.deep.equal([{ event: 'link_previews', payload: await frame }])
    expect(await get(`/chats/${group}`)).to.include({ version: sent.version + 1 })
  })

  const edit = ({ chatId, id }: Message, content: string): Promise<unknown> =>
    parley.call('PATCH', `/chats/${chatId}/messages/${id}`, { token: alice.token, body: { content } })

  it('belong to the current content: an edit removes the old ones, and adds those of its links', async () => {
    await start()
    const other = 'https://b.example/'
    web.pages[other] = '<title>Another</title>'
    const sent = await send(group, PAGE)
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.deep.equal([preview]))
    await edit(sent, `no, ${other}`)
    await eventually(async () =>
      expect((await messageOf(sent)).linkPreviews).to.deep.equal([{ ...preview, url: other, title: 'Another' }]),
    )
    await edit(sent, 'never mind')
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.deep.equal([]))
  })

  it('are not added to a message that was edited meanwhile', async () => {
    await start()
    const asked = Promise.withResolvers<null>()
    const barrier = Promise.withResolvers<null>()
    const { safeFetch } = web
    web.safeFetch = async (url) => {
      asked.resolve(null)
      await barrier.promise
      return safeFetch(url)
    }
    const sent = await send(group, PAGE)
    await asked.promise
    await edit(sent, 'never mind')
    barrier.resolve(null)
    await eventually(async () => expect(await jobs()).to.deep.equal([{ attempts: 1, done: true }]))
    expect(await eventsOf(group)).to.deep.equal(['ChatCreated', 'MessageSent', 'MessageEdited'])
  })

  it('are encrypted: the log contains neither link nor title in clear text', async () => {
    await start()
    const { log } = parley.app.core
    await send(group, PAGE)
    await eventually(async () => expect(await eventsOf(group)).to.include('LinkPreviewsAdded'))
    const raw = (await log.readStream(`chat-${group}`, { limit: 10 }))
      .map(({ data, metadata }) => data + metadata)
      .join()
    expect(raw).not.to.match(/A page|a\.example/)
    const added = (await log.readStream(`chat-${group}`, { limit: 10 })).at(-1)
    expect(JSON.parse(added!.metadata))
      .to.include({ actor: null, origin: 'system' })
      .and.to.have.property('causationId')
  })

  it('are of the first three links, each fetched once', async () => {
    await start()
    const urls = ['https://b.example/', PAGE, PAGE, 'https://c.example/', 'https://d.example/']
    for (const url of urls) web.pages[url] = `<title>${url}</title>`
    const sent = await send(group, urls.join(' '))
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.have.length(3))
    expect(web.fetched).to.have.members([urls[0], PAGE, urls[3]])
  })

  it('are not fetched for a message without links, with links in code only, or in a direct chat', async () => {
    await start()
    const direct = await createChat({})
    await send(group, 'hello')
    await send(group, `\`${PAGE}\``)
    await send(direct, PAGE)
    await send(group, `${PAGE} last`)
    await eventually(async () => expect(await jobs()).to.deep.equal(Array(2).fill({ attempts: 1, done: true })))
    expect(web.fetched).to.deep.equal([PAGE])
    expect(await eventsOf(direct)).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('are fetched for direct chats where configured', async () => {
    await start({ linkPreviewsInDirectChats: true })
    const sent = await send(await createChat({}), PAGE)
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.deep.equal([preview]))
  })

  it('store no jobs where they are turned off', async () => {
    await start({ linkPreviews: false })
    await send(group, PAGE)
    expect([web.fetched, await jobs()]).to.deep.equal([[], []])
  })

  it('a page that cannot be fetched gives no event, and is retried once', async () => {
    await start()
    web.pages[PAGE] = unreachable
    const elsewhere = await createChat({ name: 'Elsewhere' })
    const askedFor = () => web.fetched.filter((url) => url === PAGE).length
    let woken = 0
    /** Makes everything due, and wakes who waits by another message, until that one is looked at. */
    const lookAgain = async (): Promise<void> => {
      await parley.app.core.databases.main.query('update link_preview_jobs set due_at = now() where not done')
      const url = `https://other.example/${++woken}`
      web.pages[url] = 'nothing'
      await send(elsewhere, url)
      await eventually(() => expect(web.fetched).to.include(url))
    }
    await send(group, PAGE)
    await eventually(async () => {
      await lookAgain()
      expect(askedFor()).to.equal(2)
    })
    await lookAgain()
    await lookAgain()
    expect(askedFor()).to.equal(2)
    expect(await eventsOf(group)).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('blocked words are masked', async () => {
    await start({ blockedWords: ['darn'], blockedWordsPolicy: 'refuse' })
    web.pages[PAGE] = '<title>d4rn it</title>'
    const sent = await send(group, PAGE)
    await eventually(async () =>
      expect((await messageOf(sent)).linkPreviews).to.deep.equal([{ ...preview, title: '•••• it' }]),
    )
  })

  it('are added once, with any number of nodes and restarts', async () => {
    await start()
    const sent = await send(group, PAGE)
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.have.length(1))
    const { log, reader, runAsSystem: run, databases } = parley.app.core
    const previewLink = createPreviewLink({ ...web, mask: (text) => text })
    const previewMessage = createPreviewMessage({ log, reader, previewLink, run, isOn: always, inDirectChats: false })
    const job = { stream: `chat-${group}`, version: sent.version, userId: alice.id }
    web.pages[PAGE] = '<title>Another title by now</title>'
    expect(await previewMessage(job, new AbortController().signal)).to.equal('done')
    expect((await eventsOf(group)).filter((type) => type === 'LinkPreviewsAdded')).to.have.length(1)

    const shared = createJobs(databases.main)
    await shared.note([job, job], log.start)
    expect(await shared.claim(10)).to.deep.equal([])
  })

  it('are not made for users for whom they are switched off', async () => {
    await start({ linkPreviews: false })
    const { version } = await send(group, PAGE)
    const { log, reader, runAsSystem: run } = parley.app.core
    const previewLink = createPreviewLink({ ...web, mask: (text) => text })
    const isOn = (userId: string): Promise<boolean> => Promise.resolve(userId !== alice.id)
    const previewMessage = createPreviewMessage({ log, reader, previewLink, run, isOn, inDirectChats: false })
    const job = { stream: `chat-${group}`, version, userId: alice.id }
    expect(await previewMessage(job, new AbortController().signal)).to.equal('done')
    expect(web.fetched).to.deep.equal([])
  })

  it('a message is handled by one node at a time, and by another once the first has ended', async () => {
    await start({ linkPreviews: false })
    const { log, databases } = parley.app.core
    const [one, other] = [createJobs(databases.main), createJobs(databases.main)]
    const job = { stream: `chat-${group}`, version: 2, userId: alice.id }
    await one.position(log.start)
    await one.note([job], log.start)
    const claimed = await Promise.all([one.claim(4), other.claim(4)])
    expect(claimed.flat()).to.deep.equal([job])
    const many = Array.from({ length: 200 }, (_, index) => ({
      stream: 'chat-of-many',
      version: index + 1,
      userId: uuid(`user ${index}`),
    }))
    await one.note(many, log.start)
    const shares = await Promise.all(Array.from({ length: 10 }, () => other.claim(200)))
    expect(shares.flat()).to.have.length(many.length)
    await Promise.all(many.map((each) => one.done(each)))
    await one.putBack(job, 'stopped')
    expect(await other.claim(4)).to.deep.equal([job])
    await databases.main.query(`update link_preview_jobs set due_at = now()`) // the lease ends: it crashed
    expect(await one.claim(4)).to.deep.equal([job])
    await databases.main.query(`update link_preview_jobs set due_at = now()`)
    expect(await other.claim(4), 'two attempts are enough').to.deep.equal([])
  })

  it('any number of jobs of one user use one slot; the others are for other users', async () => {
    await start({ linkPreviews: false })
    const { log, databases } = parley.app.core
    const jobs = createJobs(databases.main)
    await jobs.position(log.start)
    const jobOf = (userId: string, version: number) => ({ stream: `chat-${group}`, version, userId })
    await jobs.note(
      Array.from({ length: 60 }, (_, index) => jobOf(alice.id, index + 1)),
      log.start,
    )
    await jobs.note([jobOf(bob.id, 100), jobOf(bob.id, 101)], log.start)
    expect(await jobs.claim(8)).to.have.deep.members([jobOf(alice.id, 1), jobOf(bob.id, 100)])
    expect(await jobs.claim(8, [alice.id, bob.id])).to.deep.equal([])
    expect(await jobs.claim(8, [alice.id])).to.deep.equal([jobOf(bob.id, 101)])
    await jobs.note([jobOf(uuid('Carol'), 200)], log.start)
    expect(await jobs.claim(1), 'who had the fewest comes first').to.deep.equal([jobOf(uuid('Carol'), 200)])
  })

  it('links to slow hosts do not delay the previews of others', async () => {
    await start()
    const barrier = Promise.withResolvers<null>()
    const { safeFetch } = web
    web.safeFetch = async (url) => {
      if (url.includes('slow')) await barrier.promise
      return safeFetch(url)
    }
    for (let index = 0; index < 12; index++)
      await send(group, `https://slow-${index}.example https://slow.example/${index}`)
    const { body } = await parley.call('POST', `/chats/${group}/messages`, {
      token: bob.token,
      body: { content: PAGE },
    })
    await eventually(async () => expect((await messageOf(body as Message)).linkPreviews).to.deep.equal([preview]))
    barrier.resolve(null)
  })

  it('messages sent while no node ran are handled afterwards, from the stored position', async () => {
    await start({ linkPreviews: false })
    const { log, reader, clock, runAsSystem: run, databases } = parley.app.core
    const jobs = createJobs(databases.main)
    await jobs.position(await log.head())
    const sent = await send(group, PAGE)
    const previewLink = createPreviewLink({ ...web, mask: (text) => text })
    const previewMessage = createPreviewMessage({ log, reader, previewLink, run, isOn: always, inDirectChats: false })
    const previews = startLinkPreviews({ log, reader, clock, jobs, previewMessage, report: noFailures })
    await eventually(async () => expect((await messageOf(sent)).linkPreviews).to.deep.equal([preview]))
    await previews[Symbol.asyncDispose]()
  })

  it('a user who may not see the message gets no previews of it, neither live nor later', async () => {
    await start({ linkPreviews: false })
    const carol = await parley.register('Carol')
    const chatId = await createChat({ name: 'Quiet', historyVisibility: 'since-joined', joinPolicy: 'open' })
    const sent = await send(chatId, PAGE)
    await parley.call('POST', `/chats/${chatId}/join`, { token: carol.token })
    const [ofBob, ofCarol] = [parley.socket(bob.token), parley.socket(carol.token)]
    await Promise.all([next(ofBob, 'ready'), next(ofCarol, 'ready')])
    const [shown, skipped] = [next<PreviewFrame>(ofBob, 'link_previews'), next<object>(ofCarol, 'skipped')]
    let leaked = 0
    ofCarol.on('link_previews', () => leaked++)

    const { log, reader, runAsSystem: run } = parley.app.core
    const previewLink = createPreviewLink({ ...web, mask: (text) => text })
    const previewMessage = createPreviewMessage({ log, reader, previewLink, run, isOn: always, inDirectChats: false })
    await previewMessage({ stream: `chat-${chatId}`, version: sent.version }, new AbortController().signal)

    const version = sent.version + 2
    expect(await shown).to.include({ messageId: sent.id, version })
    const hidden = { chatId, fromVersion: version, version }
    expect(await skipped).to.deep.equal(hidden)
    expect(leaked).to.equal(0)
    const past = await get<object[]>(`/chats/${chatId}/events?after=${version - 1}`, carol)
    expect(past).to.deep.equal([{ event: 'skipped', payload: hidden }])
    expect(await get(`/chats/${chatId}/events?after=${version - 1}`)).to.have.nested.property(
      '[0].event',
      'link_previews',
    )
  })
})
