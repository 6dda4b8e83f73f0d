import type { Route } from './route.js'
import { chatRoutes } from './routes/chats.js'
import { docsRoutes } from './routes/docs.js'
import { identityRoutes } from './routes/identity.js'
import { messageRoutes } from './routes/messages.js'
import { operationRoutes } from './routes/operations.js'
import { participantRoutes } from './routes/participants.js'
import { userRoutes } from './routes/users.js'

/** The API as one table. A path that another one's parameter could match comes first. */
export const routeList: readonly Route[] = [
  ...identityRoutes,
  ...userRoutes,
  ...chatRoutes,
  ...participantRoutes,
  ...messageRoutes,
  ...operationRoutes,
  ...docsRoutes,
]
