import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An RFC 3161 time-stamp authority: `openssl ts -reply` behind an HTTP server. */
export interface TimeStampAuthority extends AsyncDisposable {
  url: string
  /** Whether openssl finds that this answer is a time-stamp of this SHA-256 digest, by this authority. */
  verifies(answer: Buffer, digest: string): Promise<boolean>
  /** From now on it answers with this, until null. */
  answerWith(answer: Buffer | null): void
}

const CONFIG = `
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`

export async function startTimeStampAuthority(): Promise<TimeStampAuthority> {
  const cwd = await mkdtemp(join(tmpdir(), 'parley-tsa-'))
  const openssl = (...args: string[]) => run('openssl', args, { cwd })
  await writeFile(join(cwd, 'tsa.cnf'), CONFIG)
  await writeFile(join(cwd, 'serial'), '01\n')
  const usage = 'extendedKeyUsage=critical,timeStamping'
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.pem',
  ]
  await openssl('req', '-x509', ...made, '-subj', '/CN=tsa.test', '-days', '2', '-addext', usage)
  let given: Buffer | null = null

  async function reply(query: Buffer): Promise<Buffer> {
    await writeFile(join(cwd, 'query'), query)
    await openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'reply')
    return readFile(join(cwd, 'reply'))
  }

  const server = createServer((request, response) => {
    void buffer(request)
      .then(async (query) => given ?? (await reply(query)))
      .then((answer) => response.setHeader('content-type', 'application/timestamp-reply').end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rfc3161`,
    async verifies(answer, digest) {
      await writeFile(join(cwd, 'answer'), answer)
      const args = ['ts', '-verify', '-digest', digest, '-in', 'answer', '-CAfile', 'tsa.pem']
      return openssl(...args).then(
        ({ stdout }) => stdout.includes('Verification: OK'),
        () => false,
      )
    },
    answerWith: (answer) => void (given = answer),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await rm(cwd, { recursive: true })
    },
  }
}
