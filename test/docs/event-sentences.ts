import type { AnyEvent } from '../../src/domain/any-event.js'

/** What each event says. */
export const eventSentences: Record<AnyEvent['type'], string> = {
  LogOpened: 'This log begins, and has this id; the first event of every log.',
  ProjectionEventSkipped:
    'The operator had a projection pass over an event that it could not apply; rebuilds skip it too.',
  UserRegistered: 'Someone is here from now on: a person, or a bot of theirs.',
  ProfileChanged: 'A person says anew what others see of them; what is absent stays as it was.',
  UserBlocked: 'A person wants no direct chats, no adding and no mentions from another.',
  UserUnblocked: 'They take that back.',
  SessionOpened: 'A person logged in.',
  SessionRevoked: 'A session ended before its time; one that nobody used any more ends without an event.',
  PasswordChanged: 'A person has another password; which, the log never learns.',
  RolesChanged:
    'These are all the roles that a person has in the installation from now on; `by` is null for the operator.',
  UserDeactivated: 'An account is closed: no login, no sessions; `by` is null for the operator.',
  UserReactivated: 'A closed account is open again; `by` is null for the operator.',
  ChatCreated: 'A chat begins, with everyone who takes part in it from the start.',
  ChatChanged: 'A chat has another name, history or way in; what is absent stays as it was.',
  ChatArchived: 'Nothing is said in the chat any more.',
  ChatUnarchived: 'The chat goes on.',
  ParticipantJoined: 'Someone came by themselves, into an open chat or by an invite.',
  ParticipantAdded: 'Someone was brought in by another.',
  ParticipantLeft: 'Someone left by themselves.',
  ParticipantRemoved: 'Someone was sent out, and may come back.',
  ParticipantRoleChanged: 'Someone has another role in the chat.',
  ParticipantBanned:
    'Someone takes no part and may not come back, whether they took part or not; why stands in `BanReasonGiven`.',
  ParticipantUnbanned: 'They may come back.',
  InviteCreated: 'Whoever has a code of this hash may join; the code itself is never stored.',
  InviteRevoked: 'An invite counts no more.',
  MessageSent: 'Something was said, for the first time; `originalAt` and `line` come from an import.',
  MessageEdited: 'The author put it differently; `sentVersion` and `sentAt` are those of the message.',
  MessageDeleted: 'A message is shown no more, to nobody.',
  ReactionAdded: 'A person reacted with an emoji.',
  ReactionRemoved: 'They took that back.',
  MessagePinned: 'A message is kept at hand for everyone in the chat.',
  MessageUnpinned: 'It no longer is, also because it is about to be deleted.',
  LinkPreviewsAdded:
    'What the links of a message lead to, found by the system after it was sent; who may see the message may see it.',
  ChatsRead: 'A person has read chats up to a message each; several markers that waited stand in one event.',
  ChatMuted: 'A person wants no noise from a chat, or wants it again.',
  ChatHidden: 'A chat is out of a person’s list until something new is said in it.',
  BanReasonGiven: 'Why someone was banned; those who take part need not know.',
  MessageReported:
    'A person reported a message to the admins of the installation; nobody else learns of it, nor who it was.',
  ReportSettled: 'An admin closed a report, with what came of it; the first outcome stands.',
  WebhookCreated: 'A chat and another system are tied together, in one direction.',
  WebhookDeleted: 'Someone untied them.',
  WebhookDisabled: 'A webhook stopped by itself: deliveries kept failing, or its creator may no longer have it.',
  SecurityEventRecorded:
    'The same thing from the same source, so often between two moments; kinds stand in [security](security.md), `subject` is a keyed hash.',
}
