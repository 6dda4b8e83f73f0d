import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { startProgram } from './program.js'

export interface BenchNginx extends AsyncDisposable {
  url: string
}

/** Hands connections to these servers in turn. */
export async function startNginx(urls: readonly string[]): Promise<BenchNginx> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-nginx-'))
  const path = join(folder, 'nginx.conf')
  await writeFile(path, configuration(port, urls))
  const args = ['-p', folder, '-c', path, '-e', 'stderr', '-g', `daemon off; pid ${folder}/nginx.pid;`]
  const running = await startProgram('nginx', args, port)
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

const configuration = (port: number, urls: readonly string[]): string => `
worker_processes 1;
error_log /dev/null;
events { worker_connections 8192; }
http {
  access_log off;
  upstream nodes {
    ${urls.map((url) => `server ${new URL(url).host} max_fails=0;`).join('\n    ')}
    keepalive 32;
  }
  map $http_upgrade $connection_header { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_header;
      proxy_read_timeout 1h;
    }
  }
}
`
