import type { PublicEvent } from '../../src/domain/event.js'
import type { ModerationEvent } from '../../src/domain/moderation/events.js'
import { moderationDecider, MAX_WEBHOOKS } from '../../src/domain/moderation/moderation.js'
import { given } from '../support/given-when-then.js'

const out = { by: 'ada', direction: 'out', events: ['new_message'], botId: null } as const
const created = (webhookId: string): PublicEvent<ModerationEvent> => ({
  type: 'WebhookCreated',
  webhookId,
  ...out,
  events: [...out.events],
})
const deleted: PublicEvent<ModerationEvent> = { type: 'WebhookDeleted', webhookId: 'w', by: 'ada' }
const disabled: PublicEvent<ModerationEvent> = { type: 'WebhookDisabled', webhookId: 'w', reason: 'failing' }

const create = { type: 'CreateWebhook', webhookId: 'w', ...out, url: 'https://hook.example/', name: null } as const
const remove = { type: 'DeleteWebhook', webhookId: 'w', by: 'ada' } as const
const disable = { type: 'DisableWebhook', webhookId: 'w', reason: 'creator' } as const

describe('webhooks of a chat', () => {
  const some = (count: number) => Array.from({ length: count }, (_, number) => created(`w${String(number)}`))

  it('are created with their frame types', () => {
    const { type: _, ...rest } = create
    given(moderationDecider)
      .when(create)
      .then({ type: 'WebhookCreated', ...rest, events: ['new_message'] })
  })

  it('are created once, whatever their state, until they are deleted', () => {
    given(moderationDecider, created('w')).when(create).then()
    given(moderationDecider, created('w'), disabled).when(create).then()
  })

  it('are limited in number, without deleted ones', () => {
    given(moderationDecider, ...some(MAX_WEBHOOKS))
      .when(create)
      .thenRejected({ code: 'too-many-webhooks' })
    const { type: _, ...rest } = create
    given(moderationDecider, ...some(MAX_WEBHOOKS - 1), created('w'), deleted)
      .when(create)
      .then({ type: 'WebhookCreated', ...rest, events: ['new_message'] })
  })

  it('are deleted once, disabled ones too', () => {
    given(moderationDecider).when(remove).thenRejected({ code: 'webhook-not-found' })
    given(moderationDecider, created('w'), deleted).when(remove).thenRejected({ code: 'webhook-not-found' })
    given(moderationDecider, created('w'), disabled)
      .when(remove)
      .then({ type: 'WebhookDeleted', webhookId: 'w', by: 'ada' })
  })

  it('are disabled once, and not after they were deleted', () => {
    given(moderationDecider, created('w'))
      .when(disable)
      .then({ type: 'WebhookDisabled', webhookId: 'w', reason: 'creator' })
    given(moderationDecider, created('w'), disabled).when(disable).then()
    given(moderationDecider, created('w'), deleted).when(disable).then()
  })
})
