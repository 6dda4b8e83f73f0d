import type { MessageFact } from '../chat/message-fact.js'
import { rangesOf, type Chat } from '../chat/state.js'
import { accepting, reject, type Outcome } from '../decider.js'
import type { PublicEvent } from '../event.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'
import { maySee } from '../visibility.js'
import type { MessageReported, ReportSettled } from './events.js'

export type ReportCommand =
  | {
      type: 'ReportMessage'
      reportId: string
      messageId: string
      reporterId: string
      reason: string
      /** Facts of the chat's stream. */
      chat: Chat
      message: MessageFact
    }
  | { type: 'SettleReport'; reportId: string; by: string; outcome: string }

export type ReportRejection =
  | { code: 'not-a-participant' }
  | { code: 'message-not-found' }
  | { code: 'message-deleted' }
  | { code: 'report-not-found' }

type ReportEvent = MessageReported | ReportSettled

export interface Reports {
  /** Reports that are not settled, by id. */
  open: OrderedMap<{ messageId: string; reporterId: string }>
  /** Their ids, by message and reporter. */
  openOf: OrderedMap<string>
  settled: OrderedMap<true>
}

/** Two ids, and so always the same length: no two pairs share one. */
const pairOf = ({ messageId, reporterId }: { messageId: string; reporterId: string }): string =>
  `${messageId} ${reporterId}`

/** As a snapshot keeps them. */
export const reportsOf = (
  open: [string, { messageId: string; reporterId: string }][],
  settled: [string, true][],
): Reports => ({
  open: orderedMap(open),
  openOf: orderedMap(open.map(([reportId, report]) => [pairOf(report), reportId])),
  settled: orderedMap(settled),
})

export const noReports = reportsOf([], [])

const accept = accepting<ReportEvent>()

/** Whoever may see a message may report it; each user has at most one open report of a message. */
export function decideReport(command: ReportCommand, state: Reports): Outcome<ReportEvent, ReportRejection> {
  if (command.type === 'SettleReport') {
    const { reportId, by, outcome } = command
    if (state.settled.has(reportId)) return accept()
    if (!state.open.has(reportId)) return reject({ code: 'report-not-found' })
    return accept({ type: 'ReportSettled', reportId, by, outcome })
  }
  const { reportId, messageId, reporterId, reason } = command
  const refusal = refusalOf(command)
  if (refusal !== null) return reject(refusal)
  if (state.openOf.has(pairOf(command))) return accept()
  return accept({ type: 'MessageReported', reportId, messageId, reporterId, reason })
}

function refusalOf({
  chat,
  message,
  reporterId,
}: Extract<ReportCommand, { type: 'ReportMessage' }>): ReportRejection | null {
  if (chat.status === 'absent' || !chat.participants.has(reporterId)) return { code: 'not-a-participant' }
  if (message.status === 'absent' || !maySee(rangesOf(chat, reporterId), message.sentVersion))
    return { code: 'message-not-found' }
  return message.status === 'deleted' ? { code: 'message-deleted' } : null
}

export function evolveReports<State extends Reports>(state: State, event: PublicEvent<ReportEvent>): State {
  const { reportId } = event
  if (event.type === 'MessageReported') {
    const { messageId, reporterId } = event
    const open = state.open.with(reportId, { messageId, reporterId })
    return { ...state, open, openOf: state.openOf.with(pairOf(event), reportId) }
  }
  const known = state.open.get(reportId)
  const openOf = known === undefined ? state.openOf : state.openOf.without(pairOf(known))
  return { ...state, open: state.open.without(reportId), openOf, settled: state.settled.with(reportId, true) }
}
