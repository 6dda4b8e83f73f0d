import type { RegistrationMode } from '../../identity/accounts/accounts.js'
import {
  anchors,
  blockedWords,
  eventStoreUrl,
  host,
  httpUrl,
  onOrOff,
  oneOf,
  origins,
  personalFieldList,
  postgresUrl,
  processesOf,
  productionOf,
  proxies,
  publicUrl,
  redisUrl,
  smtpUrl,
  streamPrefix,
  text,
  wholeNumber,
  words,
} from './parsers.js'
import { masterKey, masterKeys, metricsToken, signingKeys, tokenKeys } from './secrets.js'
import { choice, list, setting, type Setting } from './setting.js'

/** Every environment variable. The table in docs/operations.md is made from this one. */
export const settings = {
  port: setting('PORT', wholeNumber(0, 65_535), '3000', 'Where the server listens; 0: any free port'),
  host: setting(
    'HOST',
    host,
    '127.0.0.1',
    '`0.0.0.0` for every interface; it then requires `METRICS_TOKEN` or `METRICS_PORT`, and keys that cannot be guessed',
  ),
  processes: setting(
    'PARLEY_PROCESSES',
    processesOf,
    '1',
    'Server processes that share the port, 1 to 64, or `auto`: one for each core. More than one require `REDIS_URL`; see [several processes](#several-processes)',
  ),
  dataDir: {
    ...setting(
      'PARLEY_DATA_DIR',
      text,
      './.parley',
      'The folder of [embedded Postgres](#embedded-postgres) and its keys',
    ),
    refusesEmpty: true,
  },
  eventStoreUrl: choice(
    'EVENTSTORE_URL',
    eventStoreUrl,
    'Postgres',
    '`esdb://…` keeps the event log in [EventStoreDB](eventstoredb.md)',
  ),
  eventStoreStreamPrefix: {
    variable: 'EVENTSTORE_STREAM_PREFIX',
    parse: streamPrefix,
    absent: '',
    defaultText: 'none',
    meaning: 'Begins the name of every stream there, where several installations share a server; it never changes',
    refusesEmpty: false,
  } satisfies Setting<string>,
  databaseUrl: choice(
    'DATABASE_URL',
    postgresUrl,
    'embedded',
    '`postgres://user:password@host:5432/database`: event log, credentials and read models. It requires `KEYS_DATABASE_URL`, `MASTER_KEY`, `TOKEN_KEYS` and `AUDIT_SIGNING_KEYS`',
  ),
  keysDatabaseUrl: choice(
    'KEYS_DATABASE_URL',
    postgresUrl,
    'embedded',
    'The keys that encrypt personal data, in another database',
  ),
  databaseOwnerUrl: choice(
    'DATABASE_OWNER_URL',
    postgresUrl,
    'none',
    'The main database for the role that owns its tables and migrates them: [database roles](#database-roles)',
  ),
  keysDatabaseOwnerUrl: choice('KEYS_DATABASE_OWNER_URL', postgresUrl, 'none', 'The same for the database of the keys'),
  masterKey: choice(
    'MASTER_KEY',
    masterKey,
    'generated',
    '32 bytes in base64 that encrypt those keys: `openssl rand -base64 32`',
  ),
  masterKeysAccepted: list(
    'MASTER_KEYS_ACCEPTED',
    masterKeys,
    'Master keys that open keys and verify events, and write nothing: [key rotation](privacy.md#rotating-the-master-key)',
  ),
  tokenKeys: choice(
    'TOKEN_KEYS',
    tokenKeys,
    'generated',
    '`kid:base64[,kid:base64…]`, 32 bytes or more each: the first signs access tokens, all verify them',
  ),
  auditSigningKeys: choice(
    'AUDIT_SIGNING_KEYS',
    signingKeys,
    'generated',
    '`kid:base64[,kid:base64…]`, 32 bytes each: the first signs checkpoints of the [audit chain](audit.md), all verify them',
  ),
  auditCheckpointSeconds: setting(
    'AUDIT_CHECKPOINT_SECONDS',
    wholeNumber(1, 86_400),
    '60',
    'How often new entries of the audit chain are signed, 1 to 86400',
  ),
  auditAnchors: list(
    'AUDIT_ANCHORS',
    anchors,
    'Where checkpoints are stored outside: `file:/path`, `https://…` and `tsa+https://…`, separated by commas; see [audit](audit.md)',
  ),
  redisUrl: choice(
    'REDIS_URL',
    redisUrl,
    'none',
    '`redis://user:password@host:6379/0`: rate limits count over all nodes, see [security](security.md)',
  ),
  longPolling: setting(
    'LONG_POLLING',
    onOrOff,
    'off',
    '`on`: clients whose network lets no websocket through may use HTTP long-polling. It requires one process, and load balancers that keep a client at one node',
  ),
  trustedProxies: setting(
    'TRUSTED_PROXIES',
    proxies,
    'none',
    'Addresses and ranges of proxies, such as `10.0.0.0/8,::1`, whose `X-Forwarded-For` is believed',
  ),
  allowedOrigins: list('ALLOWED_ORIGINS', origins, 'Browser origins that may call the API, separated by commas'),
  accessTokenSeconds: setting(
    'ACCESS_TOKEN_SECONDS',
    wholeNumber(1, 86_400),
    '900',
    'How long an access token is valid, 1 to 86400',
  ),
  rateLimitMessagesPerMinute: setting(
    'RATE_LIMIT_MESSAGES_PER_MINUTE',
    wholeNumber(0, 1_000_000),
    '30',
    'Messages and edits of one user; 0: no limit',
  ),
  rateLimits: setting('RATE_LIMITS', onOrOff, 'on', '`off`: no rate limits but that of messages'),
  metricsToken: choice(
    'METRICS_TOKEN',
    metricsToken,
    'none',
    'The bearer token that `/metrics` requires, 16 to 256 characters; without one it is open',
  ),
  metricsPort: choice(
    'METRICS_PORT',
    wholeNumber(0, 65_535),
    'that of the API',
    'A port of its own for `/metrics` and the whole `/readyz`; the API then answers 404 to `/metrics`. 0: any free port',
  ),
  metricsHost: setting(
    'METRICS_HOST',
    host,
    '127.0.0.1',
    'Where `METRICS_PORT` listens; an address that other machines can reach requires `METRICS_TOKEN`',
  ),
  blockedWords: list(
    'BLOCKED_WORDS',
    blockedWords,
    'Words, separated by commas or lines; `word*` also blocks words that begin so',
  ),
  allowedWords: list(
    'ALLOWED_WORDS',
    words,
    'Words that are never blocked, as they are written here in any case, separated by commas or lines',
  ),
  blockedWordsPolicy: setting(
    'BLOCKED_WORDS_POLICY',
    oneOf('off', 'mask', 'refuse'),
    'off',
    '`mask` blocked words where messages are rendered, or `refuse` messages with them: [security](security.md)',
  ),
  linkPreviews: setting('LINK_PREVIEWS', onOrOff, 'on', '`off`: no previews of links in messages'),
  linkPreviewsInDirectChats: setting(
    'LINK_PREVIEWS_IN_DIRECT_CHATS',
    onOrOff,
    'off',
    '`on`: previews in direct chats too',
  ),
  flagsFile: choice(
    'FLAGS_FILE',
    text,
    'none',
    'A file of [feature flags](operations.md#feature-flags), read again when it changes; it overrides `LINK_PREVIEWS` and `BLOCKED_WORDS_POLICY`',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    oneOf('error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'),
    'info',
    '`error`, `warn`, `info`, `http`, `verbose`, `debug` or `silly`',
  ),
  accessLog: choice(
    'ACCESS_LOG',
    text,
    'none',
    'A file, or `stdout`, for one line for each request and event of a socket; without it `LOG_LEVEL=http` has them in the log',
  ),
  auditLog: choice(
    'AUDIT_LOG',
    text,
    'none',
    'A file, or `stdout`, for one line for each security event and each read by virtue of a role; the event log has them in any case',
  ),
  otlpEndpoint: choice(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    httpUrl,
    'none',
    'Where traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`; `OTEL_EXPORTER_OTLP_HEADERS` is sent with them',
  ),
  sentryDsn: choice(
    'SENTRY_DSN',
    httpUrl,
    'none',
    '`https://key@host/project`: errors are reported there, as the log has them; see [logs and traces](#logs-traces-and-error-reports)',
  ),
  production: setting(
    'NODE_ENV',
    productionOf,
    'development',
    '`production`, `development` or `test`; `production` requires `SMTP_URL` and `PUBLIC_URL`, and logs JSON',
  ),
  registration: setting<RegistrationMode>(
    'REGISTRATION',
    oneOf('open', 'invite', 'closed'),
    'open',
    '`invite`: only with a link that `parley user invite` makes; `closed`: no one can register',
  ),
  smtpUrl: choice(
    'SMTP_URL',
    smtpUrl,
    'a file',
    '`smtp://user:password@host:587` or `smtps://…`, `?from=` names the sender; without it mails are written to `mails.ndjson` in the data directory',
  ),
  projectionsDir: choice(
    'PROJECTIONS_DIR',
    text,
    'none',
    "The folder of [analysts' projections](projections.md); it requires Node 24, and with `DATABASE_URL` also `ANALYTICS_DATABASE_URL`",
  ),
  projectionsPersonalFields: list(
    'PROJECTIONS_PERSONAL_FIELDS',
    personalFieldList,
    "`Event.field,…`: personal fields that analysts' projections receive, such as `MessageSent.content`",
  ),
  analyticsDatabaseUrl: choice(
    'ANALYTICS_DATABASE_URL',
    postgresUrl,
    'embedded',
    "The main database, or another one, for the role that owns only the schemas of analysts' projections",
  ),
  publicUrl: choice('PUBLIC_URL', publicUrl, 'where it listens', 'Where users open the client, for links in mails'),
}

type ValueOf<Row> = Row extends Setting<infer Value> ? Value : never

/** The configuration of an installation, from its environment. */
export type Config = { [Key in keyof typeof settings]: ValueOf<(typeof settings)[Key]> }
