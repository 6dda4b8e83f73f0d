import { relative, resolve } from 'node:path'
import type { Config } from './settings/settings.js'
import { isExposed, isWeakKey, isWeakToken } from './weak-secrets.js'

const MAKE_KEY = 'make one with "openssl rand -base64 32"'
const MAKE_TOKEN = 'make one with "openssl rand -hex 24"'

type IsGiven = (variable: string) => boolean

/** What is wrong with settings that are each right for themselves; a setting with a problem of its own is not reported again. */
export const rulesBroken = (config: Config, isGiven: IsGiven): string[] => [
  ...wordProblems(config),
  ...databaseProblems(config, isGiven),
  ...analyticsProblems(config, isGiven),
  ...productionProblems(config, isGiven),
  ...exposureProblems(config, isGiven),
  ...metricsProblems(config, isGiven),
  ...processProblems(config, isGiven),
]

const wordProblems = ({ blockedWords: { length }, blockedWordsPolicy: policy }: Config): string[] =>
  policy !== 'off' && length === 0 ? [`BLOCKED_WORDS_POLICY is ${policy}, but BLOCKED_WORDS names no word`] : []

function databaseProblems({ databaseUrl, keysDatabaseUrl }: Config, isGiven: IsGiven): string[] {
  if (!isGiven('DATABASE_URL')) {
    const owners = ['DATABASE_OWNER_URL', 'KEYS_DATABASE_OWNER_URL'].filter(isGiven)
    if (owners.length > 0) return owners.map((name) => `${name} is set, but not DATABASE_URL: set both, or neither`)
    if (keysDatabaseUrl === null) return []
    return ['KEYS_DATABASE_URL is set, but not DATABASE_URL: set both, or neither for the embedded Postgres']
  }
  const missing = ['KEYS_DATABASE_URL', 'MASTER_KEY', 'TOKEN_KEYS', 'AUDIT_SIGNING_KEYS']
    .filter((name) => !isGiven(name))
    .map((name) => `${name} is missing: it is required with DATABASE_URL`)
  if (databaseUrl === null || keysDatabaseUrl === null || !isSameDatabase(databaseUrl, keysDatabaseUrl)) return missing
  return [...missing, 'KEYS_DATABASE_URL must name another database than DATABASE_URL: keys are backed up apart']
}

function analyticsProblems({ projectionsDir, dataDir }: Config, isGiven: IsGiven): string[] {
  if (projectionsDir === null) {
    const without = ['PROJECTIONS_PERSONAL_FIELDS', 'ANALYTICS_DATABASE_URL'].filter(isGiven)
    return without.map((name) => `${name} is set, but not PROJECTIONS_DIR: set both, or neither`)
  }
  const [hasDatabase, hasAnalytics] = ['DATABASE_URL', 'ANALYTICS_DATABASE_URL'].map(isGiven)
  return [
    isWithin(dataDir, projectionsDir) &&
      `PROJECTIONS_DIR holds PARLEY_DATA_DIR, whose keys it must not: name another folder`,
    hasDatabase && !hasAnalytics && 'ANALYTICS_DATABASE_URL is missing: PROJECTIONS_DIR requires it with DATABASE_URL',
    hasAnalytics && !hasDatabase && 'ANALYTICS_DATABASE_URL is set, but not DATABASE_URL: set both, or neither',
  ].filter((problem) => typeof problem === 'string')
}

const isWithin = (path: string, folder: string): boolean =>
  !/^\.\.(?:[/\\]|$)/.test(relative(resolve(folder), resolve(path)))

const isSameDatabase = (one: string, other: string): boolean => databaseOf(one) === databaseOf(other)

/** Server and name of the database that a URL names, whoever connects by it. */
export function databaseOf(text: string): string {
  const { hostname, port, pathname } = new URL(text)
  return `${hostname}:${port || '5432'}${pathname}`
}

/** Links in mails must lead to the right place, and mails must arrive: neither can be guessed. */
const productionProblems = ({ production }: Config, isGiven: IsGiven): string[] =>
  ['SMTP_URL', 'PUBLIC_URL']
    .filter((name) => production && !isGiven(name))
    .map((name) => `${name} is missing: it is required with NODE_ENV=production`)

/** What is safe on this machine alone is refused where other machines can reach it. */
function exposureProblems(config: Config, isGiven: IsGiven): string[] {
  const { host, masterKey, metricsToken: token } = config
  if (!isExposed(host)) return []
  const exposed = `HOST is ${host}, which other machines can reach`
  const weakKeys = (name: 'TOKEN_KEYS' | 'AUDIT_SIGNING_KEYS', keys: Config['tokenKeys']): string | false => {
    const kids = (keys ?? []).filter(({ key }) => isWeakKey(key)).map(({ kid }) => kid)
    return kids.length > 0 && `${name} can be guessed (${kids.join(', ')}), and ${exposed}: ${MAKE_KEY}`
  }
  return [
    masterKey !== null && isWeakKey(masterKey) && `MASTER_KEY can be guessed, and ${exposed}: ${MAKE_KEY}`,
    weakKeys('TOKEN_KEYS', config.tokenKeys),
    weakKeys('AUDIT_SIGNING_KEYS', config.auditSigningKeys),
    !isGiven('METRICS_TOKEN') && !isGiven('METRICS_PORT') && `METRICS_TOKEN is missing, and ${exposed}: ${MAKE_TOKEN}`,
    token !== null && isWeakToken(token) && `METRICS_TOKEN can be guessed, and ${exposed}: ${MAKE_TOKEN}`,
  ].filter((problem) => problem !== false)
}

function processProblems({ processes, longPolling }: Config, isGiven: IsGiven): string[] {
  if (processes === 1) return []
  const several = `PARLEY_PROCESSES is ${processes}, but`
  return [
    processes !== 'auto' &&
      !isGiven('REDIS_URL') &&
      `${several} REDIS_URL is not set: several processes count limits and presence together`,
    longPolling && `${several} LONG_POLLING is on: each poll may reach another process; set one of them`,
  ].filter((problem) => problem !== false)
}

function metricsProblems({ metricsHost, metricsToken: token }: Config, isGiven: IsGiven): string[] {
  if (!isGiven('METRICS_PORT'))
    return isGiven('METRICS_HOST') ? ['METRICS_HOST is set, but not METRICS_PORT: set both, or neither'] : []
  if (!isExposed(metricsHost)) return []
  const exposed = `METRICS_HOST is ${metricsHost}, which other machines can reach`
  return [
    !isGiven('METRICS_TOKEN') && `METRICS_TOKEN is missing, and ${exposed}: ${MAKE_TOKEN}`,
    token !== null && isWeakToken(token) && `METRICS_TOKEN can be guessed, and ${exposed}: ${MAKE_TOKEN}`,
  ].filter((problem) => problem !== false)
}
