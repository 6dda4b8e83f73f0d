import { parseArgs } from 'node:util'
import type { Place } from './processes/pinning.js'

export interface Options {
  isQuick: boolean
  /** The table in Markdown. */
  isMarkdown: boolean
  /** Which experiments; all when null. */
  only: RegExp | null
  /** Where the report goes, and the one that ratios are held against. */
  json: string | null
  check: string | null
  /** The folder of another build, which this one is compared with instead. */
  ab: string | null
  /** How often the servers are started for that comparison. */
  starts: number
  rounds: number
  warmSeconds: number
  seconds: number
  /** People and chats to begin with. */
  people: number
  rooms: number
  /** Lines of the archive that is imported. */
  lines: number
  /** Where Postgres runs, but for the experiments that say so themselves. */
  postgres: Place
  /** Messages stored where much is stored. */
  stored: number
}

export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'string' },
      check: { type: 'string' },
      ab: { type: 'string' },
      starts: { type: 'string', default: '3' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      postgres: { type: 'string', default: 'free' },
      stored: { type: 'string', default: '200000' },
      lines: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  })
  const { quick: isQuick, only, json = null, check = null, ab = null, rounds, seconds, lines } = values
  const size = isQuick
    ? { rounds: 2, warmSeconds: 0.3, seconds: 0.7, people: 40, rooms: 200, lines: 2_000 }
    : { rounds: 5, warmSeconds: 0.3, seconds: 1.5, people: 200, rooms: 1000, lines: 20_000 }
  return {
    ...size,
    isQuick,
    isMarkdown: values.markdown,
    stored: Number(values.stored),
    postgres: placeOf(values.postgres),
    only: only === undefined ? null : new RegExp(only, 'i'),
    json,
    check,
    ab,
    starts: Number(values.starts),
    ...(ab !== null && AB_ROUNDS),
    ...(rounds === undefined ? {} : { rounds: Number(rounds) }),
    ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
    ...(lines === undefined ? {} : { lines: Number(lines) }),
  }
}

/** For `--ab`, for each start. */
const AB_ROUNDS = { rounds: 6, seconds: 1 }

function placeOf(name: string): Place {
  if (name === 'free' || name === 'server' || name === 'load') return name
  throw new Error(`--postgres is free, server or load, not ${name}`)
}
