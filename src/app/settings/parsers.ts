import { isIP } from 'node:net'
import { parseAnchorTarget, type AnchorTarget } from '../../audit/anchors/anchor-target.js'
import { isBlockable } from '../../content/blocked-words.js'
import { isConnectionString } from '../../eventstore/eventstoredb/connection-string.js'
import { personalFields, type Personal } from '../../privacy/personal-fields.js'
import type { Parse } from './setting.js'

export const text: Parse<string> = (value) => ({ value })

export const host: Parse<string> = (value) =>
  /^[\w.:-]+$/.test(value) ? { value } : { problem: 'must be an address or a host name, such as 127.0.0.1 or 0.0.0.0' }

export const wholeNumber =
  (min: number, max: number): Parse<number> =>
  (digits) => {
    const value = Number(digits)
    if (/^\d{1,9}$/.test(digits) && min <= value && value <= max) return { value }
    return { problem: `must be a whole number from ${min} to ${max}, and is "${digits}"` }
  }

const MAX_PROCESSES = 64

/** How many processes one server runs as. */
export const processesOf: Parse<number | 'auto'> = (given) => {
  const parsed = wholeNumber(1, MAX_PROCESSES)(given)
  if (given === 'auto') return { value: given }
  return 'value' in parsed ? parsed : { problem: `${parsed.problem}; or "auto"` }
}

export const oneOf =
  <Choice extends string>(...choices: Choice[]): Parse<Choice> =>
  (given) => {
    const value = choices.find((known) => known === given)
    return value === undefined ? { problem: `must be one of ${choices.join(', ')}, and is "${given}"` } : { value }
  }

export const onOrOff: Parse<boolean> = (given) =>
  given === 'on' || given === 'off' ? { value: given === 'on' } : { problem: `must be on or off, and is "${given}"` }

/** What a process of an installation may do. */
const ROLES = ['api', 'realtime', 'projector'] as const
export type NodeRole = (typeof ROLES)[number]

export const nodeRoles: Parse<NodeRole[]> = (given) => {
  const entries = given.split(',').map((entry) => entry.trim())
  const value = ROLES.filter((role) => entries.includes(role))
  const isRight = value.length === new Set(entries).size && value.length > 0
  return isRight ? { value } : { problem: `must be some of ${ROLES.join(',')}, separated by commas, and is "${given}"` }
}

/** Whether NODE_ENV is `production`. */
export const productionOf: Parse<boolean> = (given) => {
  const parsed = oneOf('production', 'development', 'test')(given)
  return 'problem' in parsed ? parsed : { value: parsed.value === 'production' }
}

const urlOf = (value: string): URL | null => (URL.canParse(value) ? new URL(value) : null)

export const postgresUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight =
    url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.pathname.length > 1
  return isRight ? { value } : { problem: 'must be of the form postgres://user:password@host:5432/database' }
}

export const httpUrl: Parse<string> = (value) => {
  const { protocol, hostname } = urlOf(value) ?? {}
  const isRight = (protocol === 'http:' || protocol === 'https:') && hostname !== ''
  return isRight ? { value } : { problem: 'must be of the form https://host/path' }
}

export const eventStoreUrl: Parse<string> = (value) =>
  isConnectionString(value)
    ? { value }
    : { problem: 'must be of the form esdb://host:2113?tls=false or esdb+discover://user:password@host:2113' }

export const streamPrefix: Parse<string> = (value) =>
  /^[\w.-]{1,50}$/.test(value) ? { value } : { problem: 'must be 1 to 50 letters, digits, ".", "_" or "-"' }

export const redisUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight =
    url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname)
  return isRight ? { value } : { problem: 'must be of the form redis://user:password@host:6379/0' }
}

export const smtpUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
  return isRight ? { value } : { problem: 'must be of the form smtp://user:password@host:587 or smtps://host' }
}

/** Without a slash at its end. */
export const publicUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight = url !== null && /^https?:$/.test(url.protocol) && !/[?#\s]/.test(value) && url.username === ''
  return isRight ? { value: value.replace(/\/+$/, '') } : { problem: 'must be of the form https://chat.example.com' }
}

export const proxies: Parse<string[]> = (ranges) => {
  if (ranges === 'none') return { value: [] }
  const value = ranges.split(',').map((range) => range.trim())
  const wrong = value.find((range) => !isRange(range))
  if (wrong === undefined) return { value }
  return {
    problem: `must be "none", or addresses and ranges such as 10.0.0.0/8, separated by commas; "${wrong}" is none`,
  }
}

/** A range of width 0 would let every client choose its address. */
function isRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/')
  const widest = isIP(address) === 4 ? 32 : 128
  const isWidth = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= widest)
  return isIP(address) > 0 && isWidth && more.length === 0
}

/** As browsers send them in `Origin`. */
export const origins: Parse<string[]> = (given) => {
  const value = given.split(',').map((origin) => origin.trim())
  const wrong = value.find((origin) => !/^https?:/.test(origin) || urlOf(origin)?.origin !== origin)
  if (wrong === undefined) return { value }
  return { problem: `must be origins such as https://chat.example.com, separated by commas; "${wrong}" is none` }
}

export const anchors: Parse<AnchorTarget[]> = (given) => {
  const found = given.split(',').map((entry) => parseAnchorTarget(entry.trim()))
  const value = found.filter((target) => target !== null)
  const isWhole = value.length === found.length && new Set(value.map(({ name }) => name)).size === value.length
  if (isWhole) return { value }
  const wrong = found.findIndex(
    (target, index) => target === null || value.findIndex(({ name }) => name === target.name) < index,
  )
  return {
    problem: `must be file:/path, https://… and tsa+https://…, separated by commas, that differ; its entry ${wrong + 1} is none`,
  }
}

const MAX_WORDS = 1_000
const MAX_WORD_LENGTH = 100

/** Separated by commas or, as in a file, by lines. A wrong entry is named by its number: the list is not repeated in logs. */
const wordList =
  (isWord: (entry: string) => boolean, expected: string): Parse<string[]> =>
  (given) => {
    const value = given.split(/[,\n]/).flatMap((entry) => entry.trim() || [])
    const wrong = value.findIndex((entry) => entry.length > MAX_WORD_LENGTH || !isWord(entry))
    if (wrong !== -1) return { problem: `must be ${expected}; its entry ${wrong + 1} is none` }
    if (value.length <= MAX_WORDS) return { value }
    return { problem: `must be at most ${MAX_WORDS} words, and is ${value.length}` }
  }

export const words = wordList(() => true, `words of at most ${MAX_WORD_LENGTH} characters`)
export const blockedWords = wordList(isBlockable, 'words of 2 letters or more')

/** Each `Event.field`, where the field is a personal one of that event. */
export const personalFieldList: Parse<string[]> = (given) => {
  const value = given.split(',').map((entry) => entry.trim())
  const wrong = value.find((entry) => !isPersonalField(entry))
  if (wrong === undefined) return { value }
  return { problem: `must be personal fields such as MessageSent.content, separated by commas; "${wrong}" is none` }
}

function isPersonalField(entry: string): boolean {
  const [type = '', field = ''] = entry.split('.')
  const fields = Object.entries(personalFields).find(([known]) => known === type)?.[1] ?? {}
  return Object.entries<'public' | Personal>(fields).some(
    ([known, kind]) => known === field && kind !== 'public' && kind.under !== 'audit',
  )
}
