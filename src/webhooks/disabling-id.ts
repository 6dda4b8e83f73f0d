import { v5 as uuidv5 } from 'uuid'

/** The id of the command that disables a webhook: it is disabled once, whoever does it and why. */
export const disablingId = (webhookId: string): string => uuidv5('disable', webhookId)
