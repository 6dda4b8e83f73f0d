import type { MessageView, UserRef } from '../../src/projections/conversations/views.js'
import type { ChatSnapshot } from '../support/client-model.js'

/** What is left of a snapshot once these users are erased. */
export function maskErased(snapshot: ChatSnapshot, erased: ReadonlySet<string>): ChatSnapshot {
  const { participants, messages } = snapshot
  const user = <Ref extends UserRef>(ref: Ref): Ref =>
    erased.has(ref.id) ? { ...ref, name: null, avatarUrl: null } : ref
  const message = (view: MessageView): MessageView =>
    erased.has(view.sender.id) ? { ...view, sender: user(view.sender), ...ERASED } : view
  return {
    ...snapshot,
    participants: { ...participants, answer: participants.answer.map(user) },
    messages: { ...messages, answer: messages.answer.map(message) },
  }
}

const ERASED = {
  replyTo: null,
  clientMessageId: null,
  content: null,
  contentHtml: null,
  metadata: null,
  mentions: [],
  mentionsAll: false,
  linkPreviews: [],
}
