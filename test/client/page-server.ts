import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Serves an empty page with one module, which is given once the address is known. */
export async function servePage(): Promise<AsyncDisposable & { origin: string; serve(code: string): void }> {
  let module = ''
  const server = createServer((request, response) => {
    if (request.url === '/module.js') response.setHeader('content-type', 'text/javascript').end(module)
    else response.setHeader('content-type', 'text/html').end('<script type="module" src="/module.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (code) => void (module = code),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
