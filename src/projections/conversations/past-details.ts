import type { ClientBase } from 'pg'
import { inSnapshot } from '../../postgres/transaction.js'
import { SHARED_COLUMNS, toSharedChat, type ChatRow } from './chats/chat-columns.js'
import {
  fewParticipants,
  PARTICIPANT_COLUMNS,
  toParticipant,
  type ParticipantRow,
} from './memberships/participant-columns.js'
import { messagesById } from './messages/messages-by-id.js'
import type { QueryContext } from './query-context.js'
import type { PastDetails } from './query-results.js'
import { toUserRef, type UserRefRow } from './users/join-user.js'
import type { ParticipantView, UserRef } from './views.js'

interface Wanted {
  /** The chat itself, with some of its participants. */
  chat: boolean
  messageIds: readonly string[]
  participantsAt: readonly { userId: string; version: number }[]
}

export const pastDetailQueries = (context: QueryContext) => ({
  /** For rendering past events of one chat, the same for every reader; null when there is no such chat, unless messages alone are wanted. */
  pastDetails: (chatId: string, wanted: Wanted): Promise<PastDetails | null> =>
    isOfMessagesAlone(wanted)
      ? messagesAlone(chatId, wanted.messageIds, context)
      : inSnapshot(context.pool, async (tx) => {
          const { messageIds, participantsAt } = wanted
          const shared = await sharedChat(tx, chatId, context)
          if (shared === null) return null
          return {
            ...shared,
            messages: messageIds.length === 0 ? new Map() : await messagesById(tx, chatId, messageIds, context),
            ...(await participantsThen(tx, chatId, participantsAt, context)),
          }
        }),
})

const isOfMessagesAlone = ({ chat, participantsAt }: Wanted): boolean => !chat && participantsAt.length === 0

/** Most events that clients missed are messages: one statement, instead of a transaction with several. */
const messagesAlone = async (chatId: string, messageIds: readonly string[], context: QueryContext) => ({
  chat: null,
  chatParticipants: [],
  messages: await messagesById(context.pool, chatId, messageIds, context),
  participants: new Map<string, ParticipantView>(),
  people: new Map<string, UserRef>(),
})

/** A chat with some of its participants, the same for every reader. */
async function sharedChat(tx: ClientBase, chatId: string, { table }: QueryContext) {
  const { rows } = await tx.query<ChatRow & { participants: UserRef[] }>({
    name: `shared ${table('chats')}`,
    text: `select ${SHARED_COLUMNS}, ${fewParticipants(table, 'null')} as participants from ${table('chats')} c where c.id = $1`,
    values: [chatId],
  })
  return rows[0] === undefined ? null : { chat: toSharedChat(rows[0]), chatParticipants: rows[0].participants }
}

/** The membership of each user that holds the version, its end included; and every user who is named. */
async function participantsThen(
  tx: ClientBase,
  chatId: string,
  wanted: Wanted['participantsAt'],
  { table }: QueryContext,
): Promise<Pick<PastDetails, 'participants' | 'people'>> {
  const { rows } = await tx.query<Maybe<ParticipantRow> & { at_version: number }>(
    `select w.user_id as id, w.at_version, ${PARTICIPANT_COLUMNS}
     from unnest($2::uuid[], $3::integer[]) as w(user_id, at_version)
     left join ${table('users')} p on p.id = w.user_id
     left join ${table('memberships')} m on m.chat_id = $1 and m.user_id = w.user_id
       and w.at_version between m.from_version and coalesce(m.to_version, w.at_version)
     order by m.from_version`,
    [chatId, wanted.map(({ userId }) => userId), wanted.map(({ version }) => version)],
  )
  return {
    participants: new Map(rows.filter(tookPart).map((row) => [`${row.id} ${row.at_version}`, toParticipant(row)])),
    people: new Map<string, UserRef>(rows.map((row: UserRefRow) => [row.id, toUserRef(row)])),
  }
}

/** A user named in an event, who may not have taken part at that version. */
type Maybe<Row extends ParticipantRow> = UserRefRow & {
  [Column in Exclude<keyof Row, keyof UserRefRow>]: Row[Column] | null
}

const tookPart = <Row extends Maybe<ParticipantRow>>(row: Row): row is Row & ParticipantRow => row.role !== null
