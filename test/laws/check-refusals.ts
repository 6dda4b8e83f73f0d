import { expect } from 'chai'
import type { Outcome } from './perform.js'
import type { Listener } from './story.js'

/** A refusal leaves nothing in the log; what is accepted stands there once, in one stream, its events side by side. */
export const refusals: Listener = {
  async atEnd({ told, eventsUpTo }) {
    const events = (await eventsUpTo()).filter(({ stream }) => /^(chat|inbox)-/.test(stream))
    const byCommand = Map.groupBy(events, ({ metadata }) => metadata.commandId)
    const toldOf = Map.groupBy(told, ({ commandId }) => commandId)
    for (const [commandId, answers] of toldOf) checkOne(answers, byCommand.get(commandId) ?? [])
    const ofStories = events.filter(({ event }) => event.type !== 'ChatCreated')
    for (const { metadata } of ofStories) expect([...toldOf.keys()]).to.include(metadata.commandId)
  },
}

function checkOne(answers: readonly Outcome[], events: readonly { stream: string; version: number }[]): void {
  const done = answers.filter(({ kind }) => kind === 'done')
  expect(done.length, JSON.stringify(answers)).to.equal(events.length === 0 ? 0 : 1)
  const [first] = events
  if (first === undefined) {
    expect(answers.map(({ kind }) => kind)).to.not.include('repeated')
    return
  }
  const [{ stream, versions }] = done as [Outcome]
  expect(events.map((event) => event.stream)).to.deep.equal(versions.map(() => stream))
  expect(events.map(({ version }) => version)).to.deep.equal(versions)
  expect(versions).to.deep.equal(versions.map((_, index) => first.version + index))
  for (const { kind, versions: again } of answers) if (kind === 'repeated') expect(again).to.deep.equal([first.version])
}
