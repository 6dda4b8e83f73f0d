import { expect } from 'chai'
import type { Verification } from '../../src/audit/verification/verify-chain.js'
import { anchorFilesOf, createVerify } from '../../src/app/start-audit.js'
import type { Config } from '../../src/app/config.js'
import type { Overrides } from '../../src/app/overrides.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { execute } from '../support/test-database.js'
import { allEvents } from './chain-heads.js'

/** An app with a chat, and what an auditor and someone who tampers do with it. */
export interface AuditedApp extends AsyncDisposable {
  parley: TestApp
  ada: TestUser
  chatId: string
  /** The id of the new message. */
  send(content: string): Promise<string>
  /** Waits until the chain has every event of the log; the number of them. */
  chained(): Promise<number>
  /** `anchorFiles`: those of the configuration unless others are given. */
  verify(from?: 'log' | 'table', anchorFiles?: readonly string[]): Promise<Verification>
  events(): Promise<RecordedEvent[]>
  /** As someone does who has the whole database, with the protection of the tables off. */
  tamper<Row>(...statements: string[]): Promise<Row[]>
}

const PROTECTED = ['audit_chain', 'audit_tree', 'audit_checkpoints', 'audit_anchors']

export async function startAuditedApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<AuditedApp> {
  const parley = await startTestApp(config, overrides)
  const ada = await parley.register('Ada')
  const created = await parley.call('POST', '/chats', {
    token: ada.token,
    body: { participantIds: [], name: 'Garden' },
  })
  expect(created.status, JSON.stringify(created.body)).to.equal(201)
  const chatId = (created.body as { id: string }).id
  const core = () => parley.app.core

  return {
    parley,
    ada,
    chatId,
    async send(content) {
      const answer = await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body: { content } })
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
      return (answer.body as { id: string }).id
    },
    async chained() {
      const { log, chain } = core()
      expect(await chain.runner.progress.reached(await log.head(), { timeoutMs: 60_000 })).to.equal(true)
      return (await allEvents(log)).length
    },
    verify(from = 'log', anchorFiles = anchorFilesOf(parley.config)) {
      const verify = createVerify(core(), { keys: core().chain.keys, anchorFiles })
      return verify(from, { onProgress: () => undefined, signal: new AbortController().signal })
    },
    events: () => allEvents(core().log),
    tamper: (...statements) =>
      execute(
        parley.config.databaseUrl ?? '',
        ...PROTECTED.map((table) => `alter table ${table} disable trigger append_only`),
        ...statements,
      ),
    [Symbol.asyncDispose]: () => parley[Symbol.asyncDispose](),
  }
}
