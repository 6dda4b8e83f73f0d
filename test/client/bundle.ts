import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One ES module for browsers, with all that these lines of code need and nothing else. */
export async function bundle(code: string, ...options: string[]): Promise<string> {
  const bundling = run('node_modules/.bin/esbuild', ['--bundle', '--format=esm', '--loader=ts', ...options], {
    maxBuffer: 10_000_000,
  })
  bundling.child.stdin?.end(code)
  return (await bundling).stdout
}
