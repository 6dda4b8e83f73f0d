import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SMTPServer } from 'smtp-server'
import { createMailTemplates } from '../../../src/identity/mail/mail-templates.js'
import { createMailQueue } from '../../../src/identity/mail/mail-queue.js'
import { createFileMailer, createSmtpMailer, type Mail, type Mailer } from '../../../src/identity/mail/mailer.js'
import { senderAddress } from '../../../src/identity/mail/sender-address.js'
import { eventually } from '../../support/eventually.js'

const letter = { kind: 'test', subject: 'Grüße', text: 'Hello Ada!\n' }
const mail = { to: 'ada@example.com', subject: letter.subject, text: letter.text }

describe('the mail server', () => {
  interface Received {
    from: string
    to: string[]
    content: string
  }
  let server: SMTPServer
  let url: string
  let received: Received[]
  /** How many mails it refuses first. */
  let refusing: number

  beforeEach(async () => {
    received = []
    refusing = 0
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, { envelope }, callback) {
        let content = ''
        stream.on('data', (chunk: Buffer) => (content += chunk.toString()))
        stream.on('end', () => {
          if (refusing-- > 0) {
            callback(Object.assign(new Error('<ada@example.com> not now'), { responseCode: 451 }))
            return
          }
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          received.push({ from, to: envelope.rcptTo.map(({ address }) => address), content })
          callback()
        })
      },
    })
    server.on('error', () => undefined) // a client that goes away
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  })
  afterEach(() => new Promise<void>((resolve) => server.close(resolve)))

  it('gets each mail as it is, from the sender, for the one user', async () => {
    const mailer = createSmtpMailer(url, senderAddress(url, 'https://chat.example.com'))
    await mailer.deliver(mail)
    mailer.close()
    const [{ from, to, content }] = received as [Received]
    expect([from, to]).to.deep.equal(['no-reply@chat.example.com', ['ada@example.com']])
    expect(content).to.match(/^From: Parley <no-reply@chat\.example\.com>\r$/m)
    expect(content).to.match(/^Subject: =\?UTF-8\?.+\?=\r$/m)
    expect(content).to.include('\r\n\r\nHello Ada!')
  })

  it('an address that looks like several goes to one', async () => {
    const mailer = createSmtpMailer(url, 'no-reply@example.com')
    await mailer.deliver({ ...mail, to: 'ada,eve@example.com' })
    mailer.close()
    expect(received.map(({ to }) => to)).to.deep.equal([['"ada,eve"@example.com']])
  })

  it('that refuses for a while gets it later, and the log names no address', async () => {
    refusing = 2
    const warnings: unknown[] = []
    const pauses: number[] = []
    await using queue = createMailQueue({
      mailer: createSmtpMailer(url, 'no-reply@example.com'),
      log: { warn: (message, about) => warnings.push({ message, ...about }) },
      pause: (ms) => Promise.resolve(pauses.push(ms)),
    })
    queue.send(mail.to, letter)
    await eventually(() => expect(received).to.have.length(1))
    expect(pauses).to.deep.equal([1_000, 10_000])
    expect(warnings).to.deep.equal(
      [1, 2].map((attempt) => ({
        message: 'mail not sent',
        kind: 'test',
        attempt,
        isLast: false,
        cause: 'EMESSAGE 451',
      })),
    )
  })
})

describe('mails that wait', () => {
  const quiet = { warn: () => undefined }

  it('one that can never be sent is tried four times, and forgotten', async () => {
    let tries = 0
    const warnings: object[] = []
    const failing: Mailer = { deliver: () => Promise.reject(new Error(`try ${++tries}`)), close: () => undefined }
    const log = { warn: (_message: string, about: object) => warnings.push(about) }
    await using queue = createMailQueue({ mailer: failing, log, pause: () => Promise.resolve() })
    queue.send(mail.to, letter)
    await eventually(() => expect(warnings.at(-1)).to.include({ attempt: 4, isLast: true }))
    expect(tries).to.equal(4)
  })

  it('one that waits for its next try holds up no other', async () => {
    const sent: string[] = []
    const mailer: Mailer = {
      deliver: ({ to }) => (to === 'never@x' ? Promise.reject(new Error('no')) : Promise.resolve(void sent.push(to))),
      close: () => undefined,
    }
    const pause = (_ms: number, signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ends'))))
    await using queue = createMailQueue({ mailer, log: quiet, pause })
    for (const to of ['never@x', 'never@x', 'never@x', 'ada@x']) queue.send(to, letter)
    await eventually(() => expect(sent).to.deep.equal(['ada@x']))
  })

  it('more than a bound are dropped, and said to be', async () => {
    const dropped: string[] = []
    const sent: Mail[] = []
    let open = (): void => undefined
    const held = new Promise<void>((resolve) => (open = resolve))
    const mailer: Mailer = {
      deliver: async (one) => {
        await held
        sent.push(one)
      },
      close: () => undefined,
    }
    const log = { warn: (message: string) => dropped.push(message) }
    await using queue = createMailQueue({ mailer, log, maxWaiting: 3 })
    for (let n = 0; n < 5; n++) queue.send(mail.to, letter)
    expect(dropped).to.deep.equal(Array.from({ length: 2 }, () => 'mail dropped: the queue is full'))
    open()
    await eventually(() => expect(sent).to.have.length(3))
    queue.send(mail.to, letter)
    await eventually(() => expect(sent).to.have.length(4))
  })

  it('the end waits for those under way, and for no pause', async () => {
    let arrive = (): void => undefined
    const sent: string[] = []
    const warnings: string[] = []
    const mailer: Mailer = {
      async deliver({ to }) {
        if (to === 'never@x') throw new Error('no')
        await new Promise<void>((resolve) => (arrive = resolve))
        sent.push(to)
      },
      close: () => sent.push('closed'),
    }
    const queue = createMailQueue({ mailer, log: { warn: (message) => warnings.push(message) } })
    queue.send('never@x', letter)
    queue.send('ada@x', letter)
    await eventually(() => expect(warnings).to.have.length(1))
    const ended = queue[Symbol.asyncDispose]()
    arrive()
    await ended
    expect(sent).to.deep.equal(['ada@x', 'closed'])
    expect(warnings.at(-1)).to.equal('mail dropped: shutting down')
  })
})

describe('mails without a mail server', () => {
  it('stand in a file of the data directory, one a line, for the owner alone', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-mails-'))
    const mailer = createFileMailer(join(dataDir, 'made'))
    await mailer.deliver(mail)
    await mailer.deliver({ ...mail, to: 'bob@example.com' })
    const file = join(dataDir, 'made', 'mails.ndjson')
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([mail, { ...mail, to: 'bob@example.com' }])
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    await rm(dataDir, { recursive: true })
  })
})

describe('mail templates', () => {
  it('their links lead to the public URL, with the token where no server sees it', () => {
    const templates = createMailTemplates(() => 'https://chat.example.com/app')
    expect(templates.resetPassword('T').text).to.include('https://chat.example.com/app/reset-password#token=T\n')
    expect(templates.confirmEmail('T').text).to.include('https://chat.example.com/app/confirm-email#token=T\n')
  })

  it('come from the address given with the mail server, or else from nobody at the public host', () => {
    expect(senderAddress('smtp://mail?from=chat@example.com', null)).to.equal('chat@example.com')
    expect(senderAddress('smtp://mail', 'https://chat.example.com:8443/app')).to.equal(
      'Parley <no-reply@chat.example.com>',
    )
    expect(senderAddress('smtp://mail', null)).to.equal('Parley <no-reply@localhost>')
  })
})
