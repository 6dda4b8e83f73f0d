import type { Outcome } from '../decider.js'
import type { ChatRejection } from './commands.js'
import type { ChatEvent } from './events.js'

export type ChatOutcome = Outcome<ChatEvent, ChatRejection>
