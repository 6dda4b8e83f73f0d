import type { Weakness } from '../../audit/chain/protection.js'

const WEAKNESSES: Readonly<Record<Weakness, string>> = {
  'event-forged': 'An event was not written by Parley: run "parley audit verify"',
  'triggers-missing': 'The triggers that refuse changes were taken away: somebody with the owner’s rights did that',
  'shared-database-role':
    'Only triggers protect it, which the application’s role could take away: set DATABASE_OWNER_URL',
}

/** What weakens the protection of the audit chain, and what to do. */
export const describeWeakness = (weakness: Weakness): string => WEAKNESSES[weakness]
