import type { App } from '../../src/app/start-app.js'
import { chainRows } from '../../src/audit/chain/chain-rows.js'
import { FIRST_HASH } from '../../src/audit/chain/chain-entry.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'

/** The statements by which someone with the database makes chain and tree again, for these events. */
export function rewriteChain(events: readonly RecordedEvent[]): string[] {
  const { entries, nodes } = chainRows({ ordinal: 0, hash: FIRST_HASH, peaks: [] }, events, () => true)
  return [
    'delete from audit_tree',
    ...entries.map(
      ({ ordinal, stream, version, id, type, at, dataDigest, metadataDigest, hash }) =>
        `update audit_chain set stream = '${stream}', version = ${version}, id = '${id}', type = '${type}', at = '${at}',
           data_digest = '\\x${dataDigest}', metadata_digest = '\\x${metadataDigest}', hash = '\\x${hash}' where ordinal = ${ordinal}`,
    ),
    ...nodes.map(
      ({ lastLeaf, level, hash }) =>
        `insert into audit_tree (last_leaf, level, hash) values (${lastLeaf}, ${level}, '\\x${hash}')`,
    ),
  ]
}

/** Signs the rewritten chain with the server's own key, in place of what was signed. */
export async function signAgain({ core }: App, tamper: (...statements: string[]) => Promise<unknown>): Promise<void> {
  await tamper('delete from audit_anchors', 'delete from audit_checkpoints')
  await core.chain.sign()
}
