import { expect } from 'chai'
import { InvalidEventError, type NewEvent } from '../../src/eventstore/event-log.js'
import type { UnderTest } from './event-log-contract.js'
import { newEvent, newStream, readWholeStream, rejectionOf } from './event-log-support.js'

/** Raw texts of a JSON string's inside. */
const FORBIDDEN: Record<string, string> = {
  'U+0000': '\0',
  'U+001E, written out': '\x1e',
  'half a pair, the first': 'a\ud83d',
  'half a pair, the second': '\ude00b',
  'U+0000, escaped': String.raw`\u0000`,
  'U+0000, escaped after an escaped backslash': String.raw`\\\u0000`,
  'half a pair, escaped': String.raw`\ud83d`,
  'half a pair, escaped in capitals': String.raw`\uDE00`,
  'two first halves, escaped': String.raw`\ud83d\ud83d`,
  'half a pair escaped, half written out': `${String.raw`\ud83d`}\ude00`,
}

const ALLOWED: Record<string, string> = {
  'an escaped backslash before u0000': String.raw`\\u0000 C:\\users \\\\ud83d`,
  'a pair, escaped': String.raw`\ud83d\ude00 \uD83D\uDE00`,
  'other control characters, escaped': String.raw`\u0001\u001f\n\t`,
}

const UNICODE = {
  text: 'e\u0301 \u00e9 😀 👩‍👩‍👧 \u202eright to left\u202c \ufffd \uffff \u2028 \u{10ffff} "\\" \u0001 \u007f \u00a0',
  'kéy 😀': [0, -1, 1.5, 1e21, true, null, {}],
}

export function textContract({ log }: UnderTest): void {
  const inside = (text: string): string => `{"text":"${text}"}`

  async function expectRefused(events: NewEvent[], stream = newStream(), expectedVersion = 0): Promise<void> {
    const error = await rejectionOf(log().append(stream, expectedVersion, events))
    expect(error).to.be.instanceOf(InvalidEventError)
  }

  for (const [name, text] of Object.entries(FORBIDDEN)) {
    it(`is never ${name}`, async () => {
      await expectRefused([newEvent({ data: inside(text) })])
      await expectRefused([newEvent(), newEvent({ metadata: inside(text) })])
    })
  }

  for (const [name, text] of Object.entries(ALLOWED)) {
    it(`may be ${name}`, async () => {
      const stream = newStream()
      await log().append(stream, 0, [newEvent({ data: inside(text) })])
      const [event] = await readWholeStream(log(), stream)
      expect(JSON.parse(event!.data)).to.deep.equal(JSON.parse(inside(text)))
    })
  }

  it('is returned byte for byte, for any Unicode', async () => {
    const stream = newStream('contract-é😀')
    const event = newEvent({ type: 'Ünïcode', data: JSON.stringify(UNICODE), metadata: JSON.stringify(UNICODE) })
    const { position } = await log().append(stream, 0, [event])
    expect(await readWholeStream(log(), stream)).to.deep.equal([{ ...event, stream, version: 1, position }])
  })

  it('may have half a megabyte', async () => {
    const stream = newStream()
    const event = newEvent({ data: JSON.stringify({ text: 'é'.repeat(250_000) }) })
    await log().append(stream, 0, [event])
    expect((await readWholeStream(log(), stream))[0]!.data === event.data).to.equal(true)
  })

  it('is at most a mebibyte in one append, and the log continues after a refusal', async () => {
    const stream = newStream()
    const sized = (bytes: number) => newEvent({ data: JSON.stringify({ text: 'x'.repeat(bytes) }), metadata: '{}' })
    await expectRefused([sized(600_000), sized(600_000)], stream)
    await expectRefused([sized(1_048_576)], stream)
    await log().append(stream, 0, [sized(1_048_400)])
  })

  it('is a JSON object', async () => {
    for (const data of ['', '1', '"text"', '[]', 'null', '{']) await expectRefused([newEvent({ data })])
  })

  it('is at least one event, with names, a UUID in lower case, and a valid version', async () => {
    await expectRefused([])
    await expectRefused([newEvent({ type: '' })])
    await expectRefused([newEvent({ type: 'a\0' })])
    await expectRefused([newEvent({ id: 'no-uuid' })])
    await expectRefused([newEvent({ id: newEvent().id.toUpperCase() })])
    for (const stream of ['', 'a\0', '\ud83d', 'a'.repeat(256)]) await expectRefused([newEvent()], stream)
    for (const version of [-1, 0.5, NaN, 2 ** 31]) await expectRefused([newEvent()], newStream(), version)
  })
}
