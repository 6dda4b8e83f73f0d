import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { ConfigError, parseConfig, type Environment } from '../../src/app/config.js'

const noFiles = (path: string): string => {
  throw new Error(`no such file: ${path}`)
}

const parse = (env: Environment) => parseConfig(env, noFiles)

function problemsOf(env: Environment, readFile = noFiles): readonly string[] {
  try {
    parseConfig(env, readFile)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const secret = randomBytes(32).toString('base64')

/** All that is required with external databases. */
const external = {
  DATABASE_URL: 'postgres://parley:pw@db.example:5432/parley',
  KEYS_DATABASE_URL: 'postgres://parley:pw@db.example:5432/parley_keys',
  MASTER_KEY: secret,
  TOKEN_KEYS: `a:${secret}`,
  AUDIT_SIGNING_KEYS: `a:${secret}`,
}

describe('configuration', () => {
  it('nothing set: the defaults, embedded databases and generated keys', () => {
    expect(parse({})).to.deep.equal({
      port: 3000,
      host: '127.0.0.1',
      processes: 1,
      roles: ['api', 'realtime', 'projector'],
      dataDir: './.parley',
      eventStoreUrl: null,
      eventStoreStreamPrefix: '',
      databaseUrl: null,
      keysDatabaseUrl: null,
      databaseOwnerUrl: null,
      keysDatabaseOwnerUrl: null,
      masterKey: null,
      masterKeysAccepted: [],
      tokenKeys: null,
      auditSigningKeys: null,
      auditCheckpointSeconds: 60,
      auditAnchors: [],
      redisUrl: null,
      longPolling: false,
      drainReconnectSeconds: 5,
      resyncAfterEvents: 1_000,
      trustedProxies: [],
      allowedOrigins: [],
      accessTokenSeconds: 900,
      rateLimitMessagesPerMinute: 30,
      rateLimits: true,
      metricsToken: null,
      metricsPort: null,
      metricsHost: '127.0.0.1',
      blockedWords: [],
      allowedWords: [],
      blockedWordsPolicy: 'off',
      linkPreviews: true,
      linkPreviewsInDirectChats: false,
      flagsFile: null,
      logLevel: 'info',
      accessLog: null,
      auditLog: null,
      otlpEndpoint: null,
      sentryDsn: null,
      production: false,
      registration: 'open',
      smtpUrl: null,
      projectionsDir: null,
      projectionsPersonalFields: [],
      analyticsDatabaseUrl: null,
      publicUrl: null,
    })
  })

  it('every setting is taken as given', () => {
    const other = randomBytes(48)
    const { masterKey, masterKeysAccepted, tokenKeys, auditSigningKeys, ...config } = parse({
      ...external,
      MASTER_KEYS_ACCEPTED: `${secret}, ${other.subarray(0, 32).toString('base64')}`,
      PORT: '0',
      HOST: '::1',
      PARLEY_PROCESSES: 'auto',
      PARLEY_ROLES: 'realtime, api',
      PARLEY_DATA_DIR: '/var/lib/parley',
      EVENTSTORE_URL: 'esdb+discover://admin:changeit@esdb.example:2113',
      EVENTSTORE_STREAM_PREFIX: 'ours.',
      DATABASE_OWNER_URL: 'postgres://owner:pw@db.example:5432/parley',
      KEYS_DATABASE_OWNER_URL: 'postgres://owner:pw@db.example:5432/parley_keys',
      TOKEN_KEYS: `2026-11:${secret}, old.one:${other.toString('base64')}`,
      AUDIT_SIGNING_KEYS: `2026:${secret},2025:${other.subarray(0, 32).toString('base64')}`,
      AUDIT_CHECKPOINT_SECONDS: '300',
      AUDIT_ANCHORS: 'file:/mnt/worm/parley, https://me:pw@anchor.example/parley?to=us,tsa+https://tsa.example/rfc3161',
      REDIS_URL: 'rediss://:pw@redis.example:6380/2',
      LONG_POLLING: 'off',
      DRAIN_RECONNECT_SECONDS: '60',
      RESYNC_AFTER_EVENTS: '0',
      TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8',
      RATE_LIMITS: 'off',
      METRICS_TOKEN: 'a-token-of-ours-alone',
      METRICS_PORT: '9464',
      METRICS_HOST: '::1',
      ALLOWED_ORIGINS: 'https://chat.example.com, http://localhost:5173',
      ACCESS_TOKEN_SECONDS: '60',
      RATE_LIMIT_MESSAGES_PER_MINUTE: '0',
      BLOCKED_WORDS: 'darn, heck*',
      ALLOWED_WORDS: 'heckler',
      BLOCKED_WORDS_POLICY: 'mask',
      LINK_PREVIEWS: 'off',
      LINK_PREVIEWS_IN_DIRECT_CHATS: 'on',
      FLAGS_FILE: '/etc/parley/flags.json',
      LOG_LEVEL: 'debug',
      ACCESS_LOG: 'stdout',
      AUDIT_LOG: '/var/log/parley/audit.ndjson',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      SENTRY_DSN: 'https://key@errors.example/1',
      NODE_ENV: 'production',
      REGISTRATION: 'invite',
      SMTP_URL: 'smtps://me:pw@mail.example.com?from=chat@example.com',
      PUBLIC_URL: 'https://chat.example.com/app/',
      PROJECTIONS_DIR: '/srv/projections',
      PROJECTIONS_PERSONAL_FIELDS: 'MessageSent.content, UserRegistered.name',
      ANALYTICS_DATABASE_URL: 'postgres://parley_analytics:pw@db.example:5432/parley',
    })
    expect(config).to.deep.equal({
      port: 0,
      host: '::1',
      processes: 'auto',
      roles: ['api', 'realtime'],
      dataDir: '/var/lib/parley',
      eventStoreUrl: 'esdb+discover://admin:changeit@esdb.example:2113',
      eventStoreStreamPrefix: 'ours.',
      databaseUrl: external.DATABASE_URL,
      keysDatabaseUrl: external.KEYS_DATABASE_URL,
      databaseOwnerUrl: 'postgres://owner:pw@db.example:5432/parley',
      keysDatabaseOwnerUrl: 'postgres://owner:pw@db.example:5432/parley_keys',
      auditCheckpointSeconds: 300,
      auditAnchors: [
        { kind: 'file', location: '/mnt/worm/parley', name: 'file:/mnt/worm/parley' },
        {
          kind: 'webhook',
          location: 'https://me:pw@anchor.example/parley?to=us',
          name: 'https://anchor.example/parley',
        },
        { kind: 'time-stamp', location: 'https://tsa.example/rfc3161', name: 'tsa+https://tsa.example/rfc3161' },
      ],
      redisUrl: 'rediss://:pw@redis.example:6380/2',
      longPolling: false,
      drainReconnectSeconds: 60,
      resyncAfterEvents: 0,
      trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
      rateLimits: false,
      metricsToken: 'a-token-of-ours-alone',
      metricsPort: 9464,
      metricsHost: '::1',
      allowedOrigins: ['https://chat.example.com', 'http://localhost:5173'],
      accessTokenSeconds: 60,
      rateLimitMessagesPerMinute: 0,
      blockedWords: ['darn', 'heck*'],
      allowedWords: ['heckler'],
      blockedWordsPolicy: 'mask',
      linkPreviews: false,
      linkPreviewsInDirectChats: true,
      flagsFile: '/etc/parley/flags.json',
      logLevel: 'debug',
      accessLog: 'stdout',
      auditLog: '/var/log/parley/audit.ndjson',
      otlpEndpoint: 'http://127.0.0.1:4318',
      sentryDsn: 'https://key@errors.example/1',
      production: true,
      registration: 'invite',
      smtpUrl: 'smtps://me:pw@mail.example.com?from=chat@example.com',
      publicUrl: 'https://chat.example.com/app',
      projectionsDir: '/srv/projections',
      projectionsPersonalFields: ['MessageSent.content', 'UserRegistered.name'],
      analyticsDatabaseUrl: 'postgres://parley_analytics:pw@db.example:5432/parley',
    })
    expect(masterKey?.export().toString('base64')).to.equal(secret)
    expect(masterKeysAccepted.map((key) => key.export())).to.deep.equal([
      Buffer.from(secret, 'base64'),
      other.subarray(0, 32),
    ])
    expect(tokenKeys?.map(({ kid }) => kid)).to.deep.equal(['2026-11', 'old.one'])
    expect(tokenKeys?.map(({ key }) => key.export())).to.deep.equal([Buffer.from(secret, 'base64'), other])
    expect(auditSigningKeys?.map(({ kid }) => kid)).to.deep.equal(['2026', '2025'])
  })

  it('an empty value counts as not set where that changes nothing', () => {
    expect(parse({ PORT: '', NODE_ENV: '', ALLOWED_ORIGINS: ' ', PORT_FILE: '' })).to.deep.equal(parse({}))
  })

  const choosing = [
    'PARLEY_DATA_DIR',
    'EVENTSTORE_URL',
    'DATABASE_URL',
    'KEYS_DATABASE_URL',
    'DATABASE_OWNER_URL',
    'KEYS_DATABASE_OWNER_URL',
    'MASTER_KEY',
    'TOKEN_KEYS',
    'AUDIT_SIGNING_KEYS',
    'REDIS_URL',
    'METRICS_TOKEN',
    'METRICS_PORT',
    'ACCESS_LOG',
    'AUDIT_LOG',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'SENTRY_DSN',
    'SMTP_URL',
    'PUBLIC_URL',
  ]
  for (const name of choosing)
    it(`${name}= is refused, as Parley would silently run in another mode`, () => {
      for (const empty of ['', ' '])
        expect(problemsOf({ [name]: empty })[0]).to.equal(`${name} is set, but empty: give it a value, or unset it`)
    })

  it('white space around a value is ignored', () => {
    expect(parse({ PORT: ' 8080\n' }).port).to.equal(8080)
  })

  it('keys can be configured with the embedded databases', () => {
    const { masterKey, tokenKeys } = parse({ MASTER_KEY: secret, TOKEN_KEYS: `a:${secret}` })
    expect([masterKey?.type, tokenKeys?.length]).to.deep.equal(['secret', 1])
  })

  it('every problem is reported at once, in the order of the settings', () => {
    expect(problemsOf({ PORT: 'http', LOG_LEVEL: 'loud', DATABASE_URL: 'db', PROJECTIONS_DIR: 'x' })).to.deep.equal([
      'PORT must be a whole number from 0 to 65535, and is "http"',
      'DATABASE_URL must be of the form postgres://user:password@host:5432/database',
      'LOG_LEVEL must be one of error, warn, info, http, verbose, debug, silly, and is "loud"',
      'KEYS_DATABASE_URL is missing: it is required with DATABASE_URL',
      'MASTER_KEY is missing: it is required with DATABASE_URL',
      'TOKEN_KEYS is missing: it is required with DATABASE_URL',
      'AUDIT_SIGNING_KEYS is missing: it is required with DATABASE_URL',
      'ANALYTICS_DATABASE_URL is missing: PROJECTIONS_DIR requires it with DATABASE_URL',
    ])
  })

  it('the message of the error is its problems, one a line', () => {
    expect(() => parse({ PORT: 'x', HOST: 'a b' })).to.throw(ConfigError, /^PORT [^\n]+\nHOST [^\n]+$/)
  })
})

describe('a setting that is wrong is refused with what to do', () => {
  const wrong: [name: string, values: string[], advice: RegExp][] = [
    ['PORT', ['-1', '65536', '3000.5', '0x10', '1e3', 'abc'], /whole number from 0 to 65535, and is ".+"$/],
    ['HOST', ['a b', 'http://localhost/'], /address or a host name/],
    [
      'DATABASE_URL',
      ['parley', 'mysql://h/d', 'postgres://h', 'postgres://h/', 'postgres:///d'],
      /of the form postgres:/,
    ],
    ['EVENTSTORE_URL', ['localhost:2113', 'http://localhost:2113', 'esdb://'], /of the form esdb:/],
    ['EVENTSTORE_STREAM_PREFIX', ['$ours', 'a b', 'x'.repeat(51)], /1 to 50 letters/],
    ['KEYS_DATABASE_URL', ['parley', 'https://h/d'], /of the form postgres:/],
    ['DATABASE_OWNER_URL', ['parley', 'https://h/d'], /of the form postgres:/],
    ['KEYS_DATABASE_OWNER_URL', ['parley', 'https://h/d'], /of the form postgres:/],
    [
      'MASTER_KEY',
      ['x', randomBytes(31).toString('base64'), `${secret}A`, `!${secret}`],
      /32 bytes in base64: make one/,
    ],
    ['TOKEN_KEYS', ['x', secret, 'a:', 'a:c2hvcnQ=', `a:${secret},`, `:${secret}`, `a b:${secret}`], /kid:base64/],
    [
      'AUDIT_SIGNING_KEYS',
      ['x', secret, 'a:c2hvcnQ=', `a:${randomBytes(33).toString('base64')}`, `a:${secret},a:${secret}`],
      /kid:base64/,
    ],
    ['AUDIT_CHECKPOINT_SECONDS', ['0', 'x'], /whole number/],
    [
      'AUDIT_ANCHORS',
      [
        'worm',
        'file:relative',
        'http://anchor.example',
        'tsa+http://tsa.example',
        'https://a.example/x,https://a.example/x',
      ],
      /separated by commas, that differ/,
    ],
    [
      'TOKEN_KEYS',
      [`a:${secret},a:${secret}`, `a:${secret},b:c2hvcnQ=`],
      /names that differ, each with a key of 32 bytes/,
    ],
    ['PARLEY_ROLES', ['web', 'api,', 'api,worker', 'api;realtime'], /must be some of api,realtime,projector/],
    ['ALLOWED_ORIGINS', ['*', 'chat.example.com', 'https://chat.example.com/', 'ftp://a.example'], /must be origins/],
    ['ALLOWED_ORIGINS', ['https://a.example,', 'https://a.example,null', 'HTTPS://A.example'], /must be origins/],
    ['REDIS_URL', ['localhost:6379', 'http://localhost', 'redis://', 'redis://h/name'], /of the form redis:/],
    ['TRUSTED_PROXIES', ['all', 'loopback', '10.0.0.0/33', '0.0.0.0/0', '::/0', '10.0.0.1,', '10.0.0.0/8/8'], /none/],
    ['RATE_LIMITS', ['0', 'ON', 'none'], /must be on or off/],
    ['METRICS_TOKEN', ['short', 'with a space in it'], /16 to 256 visible ASCII/],
    ['ACCESS_TOKEN_SECONDS', ['0', '86401', '15m'], /whole number from 1 to 86400/],
    ['RATE_LIMIT_MESSAGES_PER_MINUTE', ['-1', '1000001', 'off'], /whole number from 0 to 1000000/],
    [
      'BLOCKED_WORDS',
      ['a', 'darn, 1', 'darn,*', 'x'.repeat(101)],
      /words of 2 letters or more; its entry [12] is none/,
    ],
    ['ALLOWED_WORDS', ['a'.repeat(101)], /must be words of at most 100 characters; its entry 1 is none/],
    ['BLOCKED_WORDS', ['ab,'.repeat(1_001)], /at most 1000 words, and is 1001/],
    ['BLOCKED_WORDS_POLICY', ['on', 'Mask'], /must be one of off, mask, refuse/],
    ['LINK_PREVIEWS', ['true', 'ON'], /must be on or off/],
    ['LINK_PREVIEWS_IN_DIRECT_CHATS', ['1'], /must be on or off/],
    ['LOG_LEVEL', ['loud', 'INFO', 'constructor'], /must be one of error, warn, info/],
    ['REGISTRATION', ['Open', 'yes', 'none'], /must be one of open, invite, closed/],
    ['SMTP_URL', ['mail.example.com', 'smtp://', 'http://mail.example.com', 'mail:25'], /of the form smtp:/],
    [
      'PUBLIC_URL',
      [
        'chat.example.com',
        'ftp://a.example',
        'https://a.example/?x',
        'https://a.example/#x',
        'https://me:pw@a.example',
      ],
      /of the form https:/,
    ],
    ['NODE_ENV', ['prod', 'Production', 'staging'], /must be one of production, development, test/],
  ]
  for (const [name, values, advice] of wrong) {
    it(`${name}: ${values.join(' | ').replaceAll(secret, '…')}`, () => {
      for (const value of values) {
        const [problem, ...more] = problemsOf({ ...external, [name]: value })
        expect(problem, value)
          .to.match(advice)
          .and.satisfy((line: string) => line.startsWith(`${name} `))
        expect(more, value).to.deep.equal([])
      }
    })
  }

  it('a problem never repeats a secret', () => {
    const env = {
      DATABASE_URL: 'mysql://me:hunter2@h/d',
      KEYS_DATABASE_URL: 'hunter2',
      DATABASE_OWNER_URL: 'hunter2',
      KEYS_DATABASE_OWNER_URL: 'mysql://me:hunter2@h/d',
      MASTER_KEY: 'hunter2',
      TOKEN_KEYS: 'a:hunter2',
      AUDIT_SIGNING_KEYS: 'a:hunter2',
      AUDIT_ANCHORS: 'tsa+hunter2',
      METRICS_TOKEN: 'hunter2',
      REDIS_URL: 'http://:hunter2@h',
      SMTP_URL: 'smpt://me:hunter2@mail',
      PUBLIC_URL: 'https://me:hunter2@chat',
      EVENTSTORE_URL: 'esdb//admin:hunter2@h',
      EVENTSTORE_STREAM_PREFIX: 'hunter2 '.repeat(9),
    }
    expect(problemsOf(env)).to.have.length(14)
    expect(problemsOf(env).join('\n')).not.to.include('hunter2')
  })
})

describe('the policy for blocked words', () => {
  it('without words is refused, as it would have no effect', () => {
    expect(problemsOf({ BLOCKED_WORDS_POLICY: 'refuse' })).to.deep.equal([
      'BLOCKED_WORDS_POLICY is refuse, but BLOCKED_WORDS names no word',
    ])
  })

  it('reads them from a file, one on each line', () => {
    const env = { BLOCKED_WORDS_FILE: '/words', BLOCKED_WORDS_POLICY: 'refuse' }
    const config = parseConfig(env, () => 'darn\r\nfoul play\n\nheck*\n')
    expect(config.blockedWords).to.deep.equal(['darn', 'foul play', 'heck*'])
  })
})

describe('databases of the configuration', () => {
  for (const name of ['DATABASE_OWNER_URL', 'KEYS_DATABASE_OWNER_URL'])
    it(`${name} without DATABASE_URL is refused`, () => {
      expect(problemsOf({ [name]: external.DATABASE_URL })).to.deep.equal([
        `${name} is set, but not DATABASE_URL: set both, or neither`,
      ])
    })

  for (const name of ['KEYS_DATABASE_URL', 'MASTER_KEY', 'TOKEN_KEYS', 'AUDIT_SIGNING_KEYS']) {
    it(`DATABASE_URL requires ${name}`, () => {
      expect(problemsOf({ ...external, [name]: undefined })).to.deep.equal([
        `${name} is missing: it is required with DATABASE_URL`,
      ])
    })
  }

  it('an invalid setting is not also reported as missing', () => {
    expect(problemsOf({ ...external, MASTER_KEY: 'x' })).to.have.length(1)
  })

  it('a database for the keys alone is refused, as the embedded one would be used instead', () => {
    const { KEYS_DATABASE_URL } = external
    expect(problemsOf({ KEYS_DATABASE_URL })).to.deep.equal([
      'KEYS_DATABASE_URL is set, but not DATABASE_URL: set both, or neither for the embedded Postgres',
    ])
  })

  it('keys and log in one database are refused, in any spelling of the URL', () => {
    for (const same of [external.DATABASE_URL, 'postgresql://other@db.example/parley?sslmode=require']) {
      expect(problemsOf({ ...external, KEYS_DATABASE_URL: same })).to.deep.equal([
        'KEYS_DATABASE_URL must name another database than DATABASE_URL: keys are backed up apart',
      ])
    }
  })

  it('the same name on another server or port is another database', () => {
    for (const other of ['postgres://keys.example/parley', 'postgres://db.example:5433/parley']) {
      expect(parse({ ...external, KEYS_DATABASE_URL: other }).keysDatabaseUrl).to.equal(other)
    }
  })
})

describe('in production', () => {
  it('mail server and public address are required', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).to.deep.equal([
      'SMTP_URL is missing: it is required with NODE_ENV=production',
      'PUBLIC_URL is missing: it is required with NODE_ENV=production',
    ])
    expect(problemsOf({ NODE_ENV: 'development' })).to.deep.equal([])
  })

  it('an invalid setting is not also reported as missing', () => {
    const env = { NODE_ENV: 'production', SMTP_URL: 'x', PUBLIC_URL: 'https://chat.example.com' }
    expect(problemsOf(env)).to.have.length(1)
  })
})

describe("analysts' projections", () => {
  const analytics = 'postgres://parley_analytics:pw@db.example:5432/parley'

  it('need a database role with DATABASE_URL, and none with the embedded Postgres', () => {
    expect(problemsOf({ PROJECTIONS_DIR: './projections' })).to.deep.equal([])
    expect(problemsOf({ ...external, PROJECTIONS_DIR: './projections' })).to.deep.equal([
      'ANALYTICS_DATABASE_URL is missing: PROJECTIONS_DIR requires it with DATABASE_URL',
    ])
    const named = { PROJECTIONS_DIR: './projections', ANALYTICS_DATABASE_URL: analytics }
    expect(problemsOf({ ...external, ...named })).to.deep.equal([])
    expect(problemsOf(named)).to.deep.equal([
      'ANALYTICS_DATABASE_URL is set, but not DATABASE_URL: set both, or neither',
    ])
  })

  it('settings only for them are refused without them', () => {
    const env = { PROJECTIONS_PERSONAL_FIELDS: 'MessageSent.content', ANALYTICS_DATABASE_URL: analytics }
    expect(problemsOf({ ...external, ...env })).to.deep.equal([
      'PROJECTIONS_PERSONAL_FIELDS is set, but not PROJECTIONS_DIR: set both, or neither',
      'ANALYTICS_DATABASE_URL is set, but not PROJECTIONS_DIR: set both, or neither',
    ])
  })

  it('a folder that contains the keys is refused', () => {
    const problem = 'PROJECTIONS_DIR holds PARLEY_DATA_DIR, whose keys it must not: name another folder'
    for (const folder of ['.', './.parley', '/'])
      expect(problemsOf({ PROJECTIONS_DIR: folder })).to.deep.equal([problem])
    expect(problemsOf({ PROJECTIONS_DIR: './.parley-projections' })).to.deep.equal([])
  })

  it('only personal fields can be listed as such', () => {
    const problems = (list: string) =>
      problemsOf({ PROJECTIONS_DIR: './projections', PROJECTIONS_PERSONAL_FIELDS: list })
    expect(problems('MessageSent.content, UserRegistered.name')).to.deep.equal([])
    for (const wrong of ['content', 'MessageSent.seq', 'MessageSent.text', 'Sent.content', 'toString.name', ''])
      expect(problems(`MessageSent.content,${wrong}`), wrong).to.deep.equal([
        `PROJECTIONS_PERSONAL_FIELDS must be personal fields such as MessageSent.content, separated by commas; "${wrong}" is none`,
      ])
  })
})

describe('a setting from a file', () => {
  const files = (content: Record<string, string>) => (path: string) => content[path] ?? noFiles(path)

  it('any setting can be given as its _FILE; the line ending of the file is ignored', () => {
    const readFile = files({ '/run/master': `${secret}\n`, '/run/port': '81\r\n' })
    const { masterKey, port } = parseConfig({ MASTER_KEY_FILE: '/run/master', PORT_FILE: '/run/port' }, readFile)
    expect([masterKey?.export().toString('base64'), port]).to.deep.equal([secret, 81])
  })

  it('counts where a setting is required', () => {
    const content = Object.fromEntries(Object.entries(external).map(([name, value]) => [`/${name}`, value]))
    const env = Object.fromEntries(Object.keys(external).map((name) => [`${name}_FILE`, `/${name}`]))
    expect(parseConfig(env, files(content))).to.deep.equal(parse(external))
  })

  it('a file that is empty or missing is named', () => {
    for (const path of ['/empty', '/missing']) {
      expect(
        problemsOf({ ...external, MASTER_KEY: '', MASTER_KEY_FILE: path }, files({ '/empty': '\n' })),
      ).to.deep.equal([`MASTER_KEY_FILE names ${path}, which is empty or cannot be read: put the value there`])
    }
  })

  it('a setting and its _FILE together are refused, as one of them would be ignored', () => {
    expect(problemsOf({ PORT: '80', PORT_FILE: '/port' }, files({ '/port': '81' }))).to.deep.equal([
      'PORT and PORT_FILE are both set: unset one of them',
    ])
  })
})

describe('several processes', () => {
  const REDIS_URL = 'redis://127.0.0.1:6379'

  it('require Redis', () => {
    expect(problemsOf({ PARLEY_PROCESSES: '2' })).to.deep.equal([
      'PARLEY_PROCESSES is 2, but REDIS_URL is not set: several processes count limits and presence together',
    ])
    for (const processes of ['2', 'auto'])
      expect(problemsOf({ PARLEY_PROCESSES: processes, REDIS_URL })).to.deep.equal([])
    for (const processes of ['1', 'auto']) expect(problemsOf({ PARLEY_PROCESSES: processes })).to.deep.equal([])
  })

  it('are no server for long-polling', () => {
    for (const processes of ['2', 'auto'])
      expect(problemsOf({ PARLEY_PROCESSES: processes, REDIS_URL, LONG_POLLING: 'on' })).to.deep.equal([
        `PARLEY_PROCESSES is ${processes}, but LONG_POLLING is on: each poll may reach another process; set one of them`,
      ])
    expect(problemsOf({ LONG_POLLING: 'on' })).to.deep.equal([])
  })

  it('are between 1 and 64', () => {
    for (const processes of ['0', '65', '1.5', 'all'])
      expect(problemsOf({ PARLEY_PROCESSES: processes, REDIS_URL })).to.deep.equal([
        `PARLEY_PROCESSES must be a whole number from 1 to 64, and is "${processes}"; or "auto"`,
      ])
  })
})

describe('where others reach the server', () => {
  const token = randomBytes(24).toString('hex')
  const exposed = (env: Environment) => problemsOf({ HOST: '0.0.0.0', METRICS_TOKEN: token, ...env })
  const guessable: [what: string, key: Buffer][] = [
    ['one byte', Buffer.alloc(32, 7)],
    ['bytes repeated', Buffer.from('00112233445566778899'.repeat(4).slice(0, 64), 'hex')],
    ['counted bytes', Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
    ['a sentence', Buffer.from('correct horse battery staple 123')],
  ]

  it('on localhost no metrics token is required, and any key is accepted', () => {
    const weak = Buffer.alloc(32, 7).toString('base64')
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(problemsOf({ HOST: host, MASTER_KEY: weak, TOKEN_KEYS: `a:${weak}` }), host).to.deep.equal([])
  })

  it('open metrics are refused', () => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'chat.example.com'])
      expect(problemsOf({ HOST })).to.deep.equal([
        `METRICS_TOKEN is missing, and HOST is ${HOST}, which other machines can reach: make one with "openssl rand -hex 24"`,
      ])
    expect(exposed({})).to.deep.equal([])
    for (const typed of [
      'change-me-please-now',
      'MyPassword-is-long',
      'metrics-of-our-site',
      '1234567890-0987654321',
      'aaaabbbbccccaaaa',
    ])
      expect(exposed({ METRICS_TOKEN: typed })[0], typed).to.match(/^METRICS_TOKEN can be guessed/)
  })

  it('a port of their own for metrics makes the token unnecessary, unless other machines reach that port too', () => {
    expect(problemsOf({ HOST: '0.0.0.0', METRICS_PORT: '9464' })).to.deep.equal([])
    const open = { METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }
    expect(problemsOf(open)).to.deep.equal([
      'METRICS_TOKEN is missing, and METRICS_HOST is 0.0.0.0, which other machines can reach: make one with "openssl rand -hex 24"',
    ])
    expect(problemsOf({ ...open, METRICS_TOKEN: 'MyPassword-is-long' })[0]).to.match(/^METRICS_TOKEN can be guessed/)
    expect(problemsOf({ ...open, METRICS_TOKEN: token })).to.deep.equal([])
    expect(problemsOf({ METRICS_HOST: '::1' })).to.deep.equal([
      'METRICS_HOST is set, but not METRICS_PORT: set both, or neither',
    ])
  })

  for (const [what, key] of guessable) {
    it(`a key of ${what} is refused, without repeating it`, () => {
      const encoded = key.toString('base64')
      const [master, ...more] = exposed({ MASTER_KEY: encoded })
      expect([master, more.length]).to.deep.equal([
        'MASTER_KEY can be guessed, and HOST is 0.0.0.0, which other machines can reach: make one with "openssl rand -base64 32"',
        0,
      ])
      for (const name of ['TOKEN_KEYS', 'AUDIT_SIGNING_KEYS'])
        expect(exposed({ [name]: `good:${secret},bad:${encoded}` })).to.deep.equal([
          `${name} can be guessed (bad), and HOST is 0.0.0.0, which other machines can reach: make one with "openssl rand -base64 32"`,
        ])
    })
  }

  it('random keys are accepted', () => {
    for (let times = 0; times < 200; times++)
      expect(exposed({ MASTER_KEY: randomBytes(32).toString('base64') })).to.deep.equal([])
  })
})
