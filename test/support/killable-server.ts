import { readFileSync } from 'node:fs'
import pg from 'pg'
import { createApp } from '../../src/app/start-app.js'
import { parseConfig } from '../../src/app/config.js'

/**
 * The server, which kills itself at one statement to the database, as `kill -9` would: `KILL_AT` is a pattern of the statement with its
 * values; `KILL_WHEN` says whether it dies `before` it sends it or `after` it was done.
 */
const { KILL_AT: at, KILL_WHEN: when, ...env } = process.env

const die = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

type Query = (...args: unknown[]) => unknown

if (at !== undefined) {
  const pattern = new RegExp(at, 's')
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const query = prototype.query
  prototype.query = function (this: unknown, ...args: unknown[]): unknown {
    const [statement] = args
    const text = typeof statement === 'string' ? statement : JSON.stringify(statement)
    const values = JSON.stringify(args[1] ?? null)
    if (!pattern.test(`${text} ${values}`)) return query.apply(this, args)
    if (when === 'before') {
      die()
      return new Promise(() => undefined)
    }
    const last = args.at(-1)
    if (typeof last === 'function') return query.apply(this, [...args.slice(0, -1), die])
    return (query.apply(this, args) as Promise<unknown>).then(die)
  }
}

const app = await createApp(
  parseConfig(env, (path) => readFileSync(path, 'utf8')),
  { print: () => undefined },
)
console.log(`listens on ${app.url}`)
