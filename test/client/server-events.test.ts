import { expect } from 'chai'
import type { UnversionedEvents, VersionedEvents } from '../../packages/client/src/index.js'
import { chatFrameNames, serverEventNames } from '../../src/realtime/frames.js'

/** Their names, each once: a name that is missing or unknown does not compile. */
const versioned: Record<keyof VersionedEvents, true> = {
  new_message: true,
  message_edited: true,
  message_deleted: true,
  reaction_added: true,
  reaction_removed: true,
  message_pinned: true,
  message_unpinned: true,
  link_previews: true,
  messages_expired: true,
  participant_joined: true,
  participant_left: true,
  participant_removed: true,
  participant_role_changed: true,
  participant_banned: true,
  participant_unbanned: true,
  chat_created: true,
  chat_updated: true,
  chat_archived: true,
  chat_unarchived: true,
  skipped: true,
  resync: true,
}
const unversioned: Record<keyof UnversionedEvents, true> = {
  read: true,
  typing: true,
  presence: true,
  profile_changed: true,
  user_erased: true,
  chat_muted: true,
  chat_hidden: true,
}

describe('the events that the client package has types for', () => {
  it('are those of the server, but for those that the connection itself uses', () => {
    const ofConnection = ['ready', 'session_revoked', 'server_draining', 'error']
    const typed = [...Object.keys(versioned), ...Object.keys(unversioned), ...ofConnection]
    expect(typed).to.have.members([...serverEventNames])
    expect(Object.keys(versioned)).to.have.members([...chatFrameNames, 'resync'])
  })
})
