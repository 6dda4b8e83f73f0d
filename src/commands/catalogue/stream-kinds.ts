import { createCommandHandler, type CommandHandler, type CommandHandlerDeps } from '../pipeline/handle-command.js'
import { chatKind } from './chat-kind.js'
import { inboxKind } from './inbox-kind.js'
import { moderationKind } from './moderation-kind.js'
import { rolesKind } from './roles-kind.js'
import { userKind } from './user-kind.js'

/** Every kind of stream that commands append to, by the prefix of the streams' names. */
export const streamKinds = {
  chat: chatKind,
  user: userKind,
  inbox: inboxKind,
  moderation: moderationKind,
  roles: rolesKind,
}

export type StreamKinds = typeof streamKinds

/** The command handler for these kinds of streams. */
export type CatalogueHandler = CommandHandler<StreamKinds>

export type CatalogueHandlerDeps = Omit<CommandHandlerDeps<StreamKinds>, 'kinds'>

export const createCatalogueHandler = (deps: CatalogueHandlerDeps): CatalogueHandler =>
  createCommandHandler({ ...deps, kinds: streamKinds })
