import type streams from '@eventstore/db-client/generated/streams_pb.js'
import type { EventFilter } from './read-page.js'
import { handlerFailed } from './rpc-error.js'

/**
 * Which events of the log a filter lets through: by stream name or event type, by prefixes or regular expression.
 * @throws {RpcError} when that is none
 */
export function eventFilter(options: streams.ReadReq.Options.FilterOptions): EventFilter {
  const byType = options.getEventType()
  const expression = byType ?? options.getStreamIdentifier()
  const key = byType === undefined ? 'stream' : 'type'
  const prefixes = expression?.getPrefixList() ?? []
  const source = expression?.getRegex() ?? ''
  if (source === '') return (event) => prefixes.some((prefix) => event[key].startsWith(prefix))
  const regex = parseRegex(source)
  return (event) => regex.test(event[key])
}

function parseRegex(source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch {
    throw handlerFailed()
  }
}
