import type { FailureReport } from '../async/outage.js'
import { createTokens, type Tokens } from '../identity/sessions/tokens.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'
import { startRevocations, type RevocationFollowing } from './start-revocations.js'

const ISSUER = 'parley'
const AUDIENCE = 'parley'

export interface SessionParts extends RevocationFollowing {
  tokens: Tokens
}

/** Access tokens, and the check that their session still exists. */
export async function startSessions(
  { accessTokenSeconds }: Pick<Config, 'accessTokenSeconds'>,
  core: Pick<Core, 'log' | 'reader' | 'clock' | 'revocations' | 'databases'>,
  { print, report, overrides }: { print(line: string): void; report: FailureReport; overrides: Overrides },
  releases: Releases,
): Promise<SessionParts> {
  const { log, clock, databases } = core
  const tokens = createTokens({
    keys: databases.tokenKeys,
    issuer: ISSUER,
    audience: AUDIENCE,
    accessTokenSeconds,
    clock,
  })
  const following = await startRevocations(
    core,
    {
      tokenMs: accessTokenSeconds * 1_000,
      log: overrides.wrapLog?.(log) ?? log,
      print,
      report,
    },
    releases,
  )
  return { tokens, ...following }
}
