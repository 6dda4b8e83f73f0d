/**
 * Names of keys. A data key's name says what it is for; a box key's names its parents, joined by `+`: the user's key first,
 * then, where there is one, the key of the month that retention can end; a month's alone where it is about nobody we know. Ids are UUIDs, so neither `/` nor `+` occurs in them.
 */
/** Secrets of the installation are derived from it, so that they outlive a master key. Never destroyed. */
export const INSTALLATION_KEY = 'installation'

export const userKey = (userId: string): string => `person/${userId}`
export const chatMonthKey = (chatId: string, month: string): string => `chat-month/${chatId}/${month}`
export const requestMonthKey = (month: string): string => `request-month/${month}`

/** Seals what was asked for by virtue of a role; never destroyed. */
export const AUDIT_KEY = 'audit'

/** The month (`yyyy-mm`, UTC) of an ISO-8601 UTC time. */
export const monthOf = (at: string): string => at.slice(0, 7)

export const boxKeyName = (user: string, month: string): string => `${user}+${month}`

export const parentsOf = (boxKey: string): readonly string[] => boxKey.split('+')

export const monthOfRequestKey = (boxKey: string): string => boxKey.slice(boxKey.lastIndexOf('/') + 1)
