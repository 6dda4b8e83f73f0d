/** Names of streams: the kind, a dash, and the id of what the stream is about. */
export const chatStream = (chatId: string): `chat-${string}` => `chat-${chatId}`
export const userStream = (userId: string): `user-${string}` => `user-${userId}`
export const inboxStream = (userId: string): `inbox-${string}` => `inbox-${userId}`
/** What of a chat its participants need not know. */
export const moderationStream = (chatId: string): `moderation-${string}` => `moderation-${chatId}`
export const logStream = 'log'
/** Who has which role, and who is deactivated: one stream for everyone. */
export const rolesStream = 'roles'

/** Each node writes one of its own a day (`yyyy-mm-dd`, UTC), so that nobody is in anybody's way. */
export const securityStream = (day: string, node: string): string => `security-${day}-${node}`

/** The id in a stream's name; the name itself where it has none. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)

const UUID = '[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}'

const STREAM_NAME = new RegExp(
  `^(log|roles|(user|chat|moderation|inbox)-${UUID}|security-\\d{4}-\\d\\d-\\d\\d-[\\w.-]{1,100})$`,
)

/** Whether Parley writes streams of that name. */
export const isStreamName = (name: string): boolean => STREAM_NAME.test(name)

export const isChatStream = (stream: string): boolean => stream.startsWith('chat-')
