import { z } from 'zod'
import type { SessionView } from '../../identity/sessions/session-list.js'
import { accountRoles } from '../../domain/roles/events.js'
import type { UserRef, ProfileView } from '../../projections/conversations/views.js'
import { id, time, count } from './fields.js'
import { shapeOf } from './shape-of.js'

export const userRefFields = { id, name: z.string().nullable(), avatarUrl: z.string().nullable(), isBot: z.boolean() }

/** Of a bot. */
export const ownerFields = { ownerId: id.exactOptional() }

export const userRefShape = shapeOf<UserRef>()('UserRef', z.object(userRefFields))

const profileFields = { ...userRefFields, ...ownerFields, statusText: z.string().nullable() }

export const profileShape = shapeOf<ProfileView>()('Profile', z.object(profileFields))

const userFields = {
  ...profileFields,
  addableBy: z.enum(['everyone', 'shared-chat', 'nobody']),
  showPresence: z.boolean(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  roles: z.array(z.enum(accountRoles)),
  createdAt: time,
  updatedAt: time,
}

export const userShape = z.object(userFields).meta({ id: 'User' })

export const accountShape = z
  .object({ ...userFields, status: z.enum(['active', 'deactivated', 'erased']) })
  .meta({ id: 'Account' })

/** `restricted`: a legal hold delays the erasure; the account is closed meanwhile. */
export const erasureShape = z
  .object({ status: z.enum(['none', 'erasing', 'restricted', 'erased']) })
  .meta({ id: 'Erasure' })

export const sessionShape = z
  .object({ user: userShape, accessToken: z.string(), refreshToken: z.string(), expiresInSeconds: count })
  .meta({ id: 'Session' })

export const refreshedShape = z
  .object({ accessToken: z.string(), refreshToken: z.string(), expiresInSeconds: count })
  .meta({ id: 'Refreshed' })

export const openSessionShape = shapeOf<SessionView>()(
  'OpenSession',
  z.object({ id, createdAt: time, lastUsedAt: time, ip: z.string(), userAgent: z.string(), current: z.boolean() }),
)
