import { createSecretKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { isBlockable } from '../content/blocked-words.js'
import { isConnectionString } from '../eventstore/eventstoredb/client.js'
import type { RegistrationMode } from '../identity/accounts/accounts.js'
import { isExposed, isWeakKey, isWeakToken } from './weak-secrets.js'

/** What an installation is told from outside. Null where a part makes its own. */
export interface Config {
  /** 0: any free one. */
  port: number
  host: string
  dataDir: string
  /** Null: the event log is in Postgres. */
  eventStoreUrl: string | null
  /** Begins every stream's name in EventStoreDB; empty where the server is for this installation alone. */
  eventStoreStreamPrefix: string
  /** With this one, the next three are set too; null: embedded Postgres. */
  databaseUrl: string | null
  keysDatabaseUrl: string | null
  /** 32 bytes. */
  masterKey: KeyObject | null
  /** The first signs, all verify. */
  tokenKeys: TokenKey[] | null
  /** Null: limits count on this node alone. */
  redisUrl: string | null
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed; none: nobody's. */
  trustedProxies: string[]
  /** Browser origins as `Origin` names them. */
  allowedOrigins: string[]
  accessTokenSeconds: number
  /** 0: no limit. */
  rateLimitMessagesPerMinute: number
  /** All limits but that of messages. */
  rateLimits: boolean
  /** Null: `/metrics` is open, which only a loopback `HOST` allows. */
  metricsToken: string | null
  /** PublicEvent before they are compared; an entry that ends in `*` also blocks what begins with it. */
  blockedWords: string[]
  blockedWordsPolicy: 'off' | 'mask' | 'refuse'
  linkPreviews: boolean
  linkPreviewsInDirectChats: boolean
  logLevel: string
  production: boolean
  registration: RegistrationMode
  /** Null: mails go into a file. */
  smtpUrl: string | null
  /** Where people open the client, without a slash at its end; null: where this server listens. */
  publicUrl: string | null
}

export interface TokenKey {
  kid: string
  key: KeyObject
}

export type Environment = Record<string, string | undefined>

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** Each problem is one line that says what to do, and never repeats a secret. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

/**
 * Reads the environment; an empty value counts as not set. Each `NAME` may be given as `NAME_FILE`, the path of a file that holds it.
 * @throws ConfigError with every problem at once
 */
export function parseConfig(env: Environment, readFile: (path: string) => string): Config {
  const { read, problems } = createReader(env, readFile)
  const config: Config = {
    port: read('PORT', wholeNumber(0, 65_535), 3000),
    host: read('HOST', host, '127.0.0.1'),
    dataDir: read('PARLEY_DATA_DIR', text, './.parley'),
    eventStoreUrl: read('EVENTSTORE_URL', eventStoreUrl, null),
    eventStoreStreamPrefix: read('EVENTSTORE_STREAM_PREFIX', streamPrefix, ''),
    databaseUrl: read('DATABASE_URL', postgresUrl, null),
    keysDatabaseUrl: read('KEYS_DATABASE_URL', postgresUrl, null),
    masterKey: read('MASTER_KEY', masterKey, null),
    tokenKeys: read('TOKEN_KEYS', tokenKeys, null),
    redisUrl: read('REDIS_URL', redisUrl, null),
    trustedProxies: read('TRUSTED_PROXIES', proxies, []),
    allowedOrigins: read('ALLOWED_ORIGINS', origins, []),
    accessTokenSeconds: read('ACCESS_TOKEN_SECONDS', wholeNumber(1, 86_400), 900),
    rateLimitMessagesPerMinute: read('RATE_LIMIT_MESSAGES_PER_MINUTE', wholeNumber(0, 1_000_000), 30),
    rateLimits: read('RATE_LIMITS', oneOf('on', 'off'), 'on') === 'on',
    metricsToken: read('METRICS_TOKEN', metricsToken, null),
    blockedWords: read('BLOCKED_WORDS', blockedWords, []),
    blockedWordsPolicy: read('BLOCKED_WORDS_POLICY', oneOf('off', 'mask', 'refuse'), 'off'),
    linkPreviews: read('LINK_PREVIEWS', onOrOff, true),
    linkPreviewsInDirectChats: read('LINK_PREVIEWS_IN_DIRECT_CHATS', onOrOff, false),
    logLevel: read('LOG_LEVEL', oneOf('error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'), 'info'),
    production: read('NODE_ENV', oneOf('production', 'development', 'test'), 'development') === 'production',
    registration: read('REGISTRATION', oneOf('open', 'invite', 'closed'), 'open'),
    smtpUrl: read('SMTP_URL', smtpUrl, null),
    publicUrl: read('PUBLIC_URL', publicUrl, null),
  }
  for (const [name, parse] of Object.entries(notYet)) read(name, parse, null)
  const isGiven = (name: string): boolean => isSet(env[name]) || isSet(env[`${name}_FILE`])
  problems.push(
    ...policyProblems(config),
    ...databaseProblems(config, isGiven),
    ...productionProblems(config, isGiven),
    ...exposureProblems(config),
  )
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

type Parsed<Value> = { value: Value } | { problem: string }
type Parse<Value> = (text: string) => Parsed<Value>

const isSet = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

function createReader(env: Environment, readFile: (path: string) => string) {
  const problems: string[] = []

  function textOf(name: string): string | undefined {
    const [direct, path] = [env[name], env[`${name}_FILE`]]
    if (!isSet(path)) return isSet(direct) ? direct.trim() : undefined
    if (isSet(direct)) problems.push(`${name} and ${name}_FILE are both set: unset one of them`)
    const content = contentOf(path.trim(), readFile)
    if (isSet(content)) return content.trim()
    problems.push(`${name}_FILE names ${path.trim()}, which is empty or cannot be read: put the value there`)
    return undefined
  }

  function read<Value, Default>(name: string, parse: Parse<Value>, otherwise: Default): Value | Default {
    const found = textOf(name)
    if (found === undefined) return otherwise
    const parsed = parse(found)
    if ('value' in parsed) return parsed.value
    problems.push(`${name} ${parsed.problem}`)
    return otherwise
  }

  return { read, problems }
}

function contentOf(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path)
  } catch {
    return undefined
  }
}

const text: Parse<string> = (value) => ({ value })

const host: Parse<string> = (value) =>
  /^[\w.:-]+$/.test(value) ? { value } : { problem: 'must be an address or a host name, such as 127.0.0.1 or 0.0.0.0' }

const wholeNumber =
  (least: number, most: number): Parse<number> =>
  (digits) => {
    const value = Number(digits)
    if (/^\d{1,9}$/.test(digits) && least <= value && value <= most) return { value }
    return { problem: `must be a whole number from ${least} to ${most}, and is "${digits}"` }
  }

const oneOf =
  <Choice extends string>(...choices: Choice[]): Parse<Choice> =>
  (given) => {
    const value = choices.find((choice) => choice === given)
    return value === undefined ? { problem: `must be one of ${choices.join(', ')}, and is "${given}"` } : { value }
  }

const urlOf = (value: string): URL | null => (URL.canParse(value) ? new URL(value) : null)

const postgresUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight =
    url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.pathname.length > 1
  return isRight ? { value } : { problem: 'must be of the form postgres://user:password@host:5432/database' }
}

const eventStoreUrl: Parse<string> = (value) =>
  isConnectionString(value)
    ? { value }
    : { problem: 'must be of the form esdb://host:2113?tls=false or esdb+discover://user:password@host:2113' }

const redisUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight =
    url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname)
  return isRight ? { value } : { problem: 'must be of the form redis://user:password@host:6379/0' }
}

const proxies: Parse<string[]> = (list) => {
  if (list === 'none') return { value: [] }
  const value = list.split(',').map((range) => range.trim())
  const wrong = value.find((range) => !isRange(range))
  if (wrong === undefined) return { value }
  return {
    problem: `must be "none", or addresses and ranges such as 10.0.0.0/8, separated by commas; "${wrong}" is none`,
  }
}

/** A range of everybody would let everybody choose an address. */
function isRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/')
  const most = isIP(address) === 4 ? 32 : 128
  const isWidth = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)
  return isIP(address) > 0 && isWidth && more.length === 0
}

const metricsToken: Parse<string> = (value) =>
  /^[\x21-\x7e]{16,256}$/.test(value)
    ? { value }
    : { problem: 'must be 16 to 256 visible ASCII characters: make one with "openssl rand -hex 24"' }

const streamPrefix: Parse<string> = (value) =>
  /^[\w.-]{1,50}$/.test(value) ? { value } : { problem: 'must be 1 to 50 letters, digits, ".", "_" or "-"' }

const masterKey: Parse<KeyObject> = (encoded) => {
  const bytes = base64(encoded)
  if (bytes?.length === 32) return { value: createSecretKey(bytes) }
  return { problem: 'must be 32 bytes in base64: make one with "openssl rand -base64 32"' }
}

const tokenKeys: Parse<TokenKey[]> = (list) => {
  const value = list.split(',').flatMap((entry) => tokenKey(entry.trim()) ?? [])
  const isWhole = value.length === list.split(',').length
  if (isWhole && new Set(value.map(({ kid }) => kid)).size === value.length) return { value }
  return {
    problem: 'must be kid:base64[,kid:base64…]: names that differ, each with a key of 32 bytes or more in base64',
  }
}

function tokenKey(entry: string): TokenKey | null {
  const [, kid, encoded = ''] = /^([\w.-]{1,64}):(.+)$/.exec(entry) ?? []
  const bytes = base64(encoded)
  return kid === undefined || bytes === null || bytes.length < 32 ? null : { kid, key: createSecretKey(bytes) }
}

/** Null where the text is not exactly what encoding its bytes gives: Node would quietly skip what does not belong. */
function base64(encoded: string): Buffer | null {
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '') ? bytes : null
}

const origins: Parse<string[]> = (list) => {
  const value = list.split(',').map((origin) => origin.trim())
  const wrong = value.find((origin) => !/^https?:/.test(origin) || urlOf(origin)?.origin !== origin)
  if (wrong === undefined) return { value }
  return { problem: `must be origins such as https://chat.example.com, separated by commas; "${wrong}" is none` }
}

const smtpUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
  return isRight ? { value } : { problem: 'must be of the form smtp://user:password@host:587 or smtps://host' }
}
const onOrOff: Parse<boolean> = (given) =>
  given === 'on' || given === 'off' ? { value: given === 'on' } : { problem: `must be on or off, and is "${given}"` }

const MAX_BLOCKED_WORDS = 1_000

/** Separated by commas or, as in a file, by lines. A wrong one is told by its place: the list is not repeated in logs. */
const blockedWords: Parse<string[]> = (list) => {
  const value = list.split(/[,\n]/).flatMap((entry) => entry.trim() || [])
  const wrong = value.findIndex((entry) => entry.length > 100 || !isBlockable(entry))
  if (wrong !== -1) return { problem: `must be words of 2 letters or more; its entry ${wrong + 1} is none` }
  if (value.length <= MAX_BLOCKED_WORDS) return { value }
  return { problem: `must be at most ${MAX_BLOCKED_WORDS} words, and is ${value.length}` }
}

const policyProblems = ({ blockedWords: { length }, blockedWordsPolicy: policy }: Config): string[] =>
  policy !== 'off' && length === 0 ? [`BLOCKED_WORDS_POLICY is ${policy}, but BLOCKED_WORDS names no word`] : []

const publicUrl: Parse<string> = (value) => {
  const url = urlOf(value)
  const isRight = url !== null && /^https?:$/.test(url.protocol) && !/[?#\s]/.test(value) && url.username === ''
  return isRight ? { value: value.replace(/\/+$/, '') } : { problem: 'must be of the form https://chat.example.com' }
}

const unusable: Parse<never> = () => ({ problem: 'cannot be used by this release yet: leave it unset' })

/** Refused rather than ignored: who sets one relies on it. */
const notYet: Record<string, Parse<string>> = {
  PROJECTIONS_DIR: unusable,
}

/** What only this machine may see is refused where others can reach it. */
function exposureProblems({ host, masterKey, tokenKeys, metricsToken: token }: Config): string[] {
  if (!isExposed(host)) return []
  const exposed = `HOST is ${host}, which others reach`
  const weakKeys = (tokenKeys ?? []).filter(({ key }) => isWeakKey(key)).map(({ kid }) => kid)
  return [
    masterKey !== null && isWeakKey(masterKey) && `MASTER_KEY can be guessed, and ${exposed}: ${MAKE_KEY}`,
    weakKeys.length > 0 && `TOKEN_KEYS can be guessed (${weakKeys.join(', ')}), and ${exposed}: ${MAKE_KEY}`,
    token === null && `METRICS_TOKEN is missing, and ${exposed}: make one with "openssl rand -hex 24"`,
    token !== null &&
      isWeakToken(token) &&
      `METRICS_TOKEN can be guessed, and ${exposed}: make one with "openssl rand -hex 24"`,
  ].filter((problem) => problem !== false)
}

const MAKE_KEY = 'make one with "openssl rand -base64 32"'

function databaseProblems({ databaseUrl, keysDatabaseUrl }: Config, isGiven: (name: string) => boolean): string[] {
  if (!isGiven('DATABASE_URL')) {
    if (!isGiven('KEYS_DATABASE_URL')) return []
    return ['KEYS_DATABASE_URL is set, but not DATABASE_URL: set both, or neither for the embedded Postgres']
  }
  const missing = ['KEYS_DATABASE_URL', 'MASTER_KEY', 'TOKEN_KEYS']
    .filter((name) => !isGiven(name))
    .map((name) => `${name} is missing: it is required with DATABASE_URL`)
  if (databaseUrl === null || keysDatabaseUrl === null || !isSameDatabase(databaseUrl, keysDatabaseUrl)) return missing
  return [...missing, 'KEYS_DATABASE_URL must name another database than DATABASE_URL: keys are backed up apart']
}

/** Links in mails must lead to the right place, and mails must arrive: neither can be guessed. */
const productionProblems = ({ production }: Config, isGiven: (name: string) => boolean): string[] =>
  ['SMTP_URL', 'PUBLIC_URL']
    .filter((name) => production && !isGiven(name))
    .map((name) => `${name} is missing: it is required with NODE_ENV=production`)

function isSameDatabase(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  const portOf = (url: URL): string => url.port || '5432'
  return a.hostname === b.hostname && portOf(a) === portOf(b) && a.pathname === b.pathname
}
