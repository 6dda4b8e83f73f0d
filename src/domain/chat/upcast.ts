import type { Upcaster } from '../upcast.js'
import type { ChatEvent } from './events.js'

export const chatUpcasters: Record<ChatEvent['type'], readonly Upcaster[]> = {
  ChatCreated: [],
  ParticipantJoined: [],
  ParticipantAdded: [],
  ParticipantLeft: [],
  ParticipantRemoved: [],
  ParticipantRoleChanged: [],
  MessageSent: [],
  LinkPreviewsAdded: [],
}
