import type { Tokens } from '../identity/sessions/tokens.js'
import type { Authenticate } from './authenticate.js'
import { RequestRefused } from './request-refused.js'

export interface AuthenticateErasedDeps {
  authenticate: Authenticate
  tokens: Pick<Tokens, 'verify'>
  isErasureRequested(userId: string): Promise<boolean>
}

/**
 * Also accepts a token of an account that was closed for its erasure, until the token expires, without any role: for users who ask what
 * became of that. Their session has ended: nothing else takes the token.
 */
export const createAuthenticateErased =
  ({ authenticate, tokens, isErasureRequested }: AuthenticateErasedDeps): Authenticate =>
  async (token) => {
    try {
      return await authenticate(token)
    } catch (error) {
      if (!isSessionRevoked(error)) throw error
      const claims = tokens.verify(token)
      if ('code' in claims || !(await isErasureRequested(claims.userId))) throw error
      return { ...claims, roles: [] }
    }
  }

const isSessionRevoked = (error: unknown): boolean =>
  error instanceof RequestRefused && 'code' in error.reason && error.reason.code === 'session-revoked'
