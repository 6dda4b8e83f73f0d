/**
 * Words of our own that readers had to decode, and what to say instead. A pattern finds only what is no ordinary English: a word that has
 * a plain meaning too is refused just where it is an identifier.
 */
export const vocabulary = [
  [/\b\w*Standings?\b/, 'AccountStatus, ChatMembership, WebhookStatus'],
  [/\bdoers?\b/i, 'actor'],
  [/\bMadeEvents\b/, 'LocalEventCache'],
  [/\b(type|interface) Cast\b/, 'ImportDirectory'],
  [/\bnoteChats\b/, 'trackChatHeads'],
  [/\bunseeing\b/i, 'membersWithoutAccess'],
  [/\bFolded<|\breader\.fold\b/, 'PublicEvent, reader.decode'],
  [/\bwithoutTurns\b|\bturns\(|\bMOST_IN_TURN\b/, 'keyedMutex, stripBidiControls'],
  [/\bbells?\b|\bring\(|\brang\b/i, 'signal, notify'],
  [/\bMOST_[A-Z]/, 'MAX_…'],
  [/\bpresentSent\b/, 'renderSentMessage'],
]
