export { createParley, type Parley, type ParleyOptions } from './create-parley.js'
export { isTransient, ParleyError, type ClientErrorCode, type ErrorCode, type Problem } from './parley-error.js'
export { createApi, type Api, type ApiDeps } from './rest/api.js'
export type { Answer, BodyOfAnswer, Method, PathOf, RequestOf } from './rest/api-types.js'
export { createSession, type Session, type SessionDeps, type User } from './session/session.js'
export { memoryTokens, type Tokens, type TokenStore } from './session/tokens.js'
export type { Connection, ConnectionState } from './realtime/connection.js'
export type { EventFeed } from './realtime/event-feed.js'
export type {
  Chat,
  ChatEvent,
  Message,
  OtherEvent,
  Participant,
  Ready,
  ReadyChat,
  SharedChat,
  UnversionedEvents,
  UserRef,
  VersionedEvents,
} from './realtime/server-events.js'
export type { ChatState, LiveChat } from './chats/live-chat.js'
export type { Presence, PresenceWatch } from './people/presence.js'
export type { Typing } from './people/typing.js'
export type { IterateOptions } from './chats/event-iterator.js'
export type { MessageInput, Outbox, PendingMessage, SentMessage } from './sending/outbox.js'
