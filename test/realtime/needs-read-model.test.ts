import { expect } from 'chai'
import type { OpenedEvent } from '../../src/privacy/event-reader.js'
import { needsReadModel } from '../../src/realtime/render.js'
import { at, bob, chat, samples } from '../privacy/samples.js'

const opened = (event: OpenedEvent['event']): OpenedEvent => ({
  stream: `chat-${chat}`,
  version: 7,
  position: 'log:7',
  id: chat,
  at,
  metadata: { schemaVersion: 2, at, commandId: chat, actor: bob, origin: 'rest', correlationId: chat, mac: '' },
  event,
})

describe('whether an event can be rendered without the read model', () => {
  const { replyToId: _id, replyToSeq: _seq, originalAt, line: _line, ...plain } = samples.MessageSent

  it('a message as it was sent can', () => {
    expect(needsReadModel(opened(plain))).to.equal(false)
  })

  it('an imported message cannot, since it may be older than its chat keeps messages', () => {
    expect(needsReadModel(opened({ ...plain, originalAt }))).to.equal(true)
  })
})
