import { spawn } from 'node:child_process'
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { createWebhookSecrets } from '../../src/webhooks/webhook-secrets.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'

describe('the receiver of docs/webhooks.md', () => {
  it('accepts a signed delivery once, and refuses a forged, altered or old one', async function () {
    this.timeout(240_000)
    const [, rest = ''] = (await readFile('docs/webhooks.md', 'utf8')).split('```js\n')
    const [script = ''] = rest.split('\n```')
    const webhookId = randomUUID()
    const secrets = createWebhookSecrets(createSecretKey(randomBytes(32)))
    const port = await freePort()
    const env = { ...process.env, PORT: String(port), SECRET: secrets.secretOf(webhookId) }
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))

    const now = Math.floor(Date.now() / 1_000)
    async function send(id: string, body: string, signed: { body?: string; timestamp?: number; by?: string } = {}) {
      const { timestamp = now } = signed
      const signature = secrets.sign(signed.by ?? webhookId, { id, timestamp, body: signed.body ?? body })
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
      return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers })).status
    }

    try {
      expect(await eventually(() => send('a', '{"event":"new_message"}'))).to.equal(204)
      expect(await send('a', '{"event":"new_message"}')).to.equal(204)
      expect(await send('b', '{"event":"déjà vu"}')).to.equal(204)
      expect(await send('c', 'altered', { body: 'signed' })).to.equal(401)
      expect(await send('c', 'old', { timestamp: now - 600 })).to.equal(401)
      expect(await send('c', 'forged', { by: randomUUID() })).to.equal(401)
      await eventually(() => expect(said).to.equal('{"event":"new_message"}\n{"event":"déjà vu"}\n'))
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  })
})
