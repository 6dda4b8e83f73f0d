import { createEmitter } from '../async/emitter.js'
import { ParleyError } from '../parley-error.js'
import { randomId } from '../random-id.js'
import type { components, paths } from '../rest/openapi.js'
import { sendRequest, type Fetch } from '../rest/send-request.js'
import { exclusively, openTabChannel } from './tabs.js'
import { memoryTokens, type Tokens, type TokenStore } from './tokens.js'

export type User = components['schemas']['User']

type BodyOf<Path extends '/auth/login' | '/auth/register'> =
  paths[Path]['post']['requestBody']['content']['application/json']

export interface Session {
  /** Registers a user and logs in. */
  register(account: BodyOf<'/auth/register'>): Promise<User>
  login(credentials: BodyOf<'/auth/login'>): Promise<User>
  /** Ends the session, in all tabs. The tokens are forgotten also where the server cannot be reached. */
  logout(): Promise<void>
  /** The id of the user who is logged in; null where nobody is. */
  userId(): Promise<string | null>
  /**
   * A valid access token, refreshed if necessary: once, however many calls and tabs ask. `refused` is a token that the server did not accept,
   * and `validForMs` how long it should last at least.
   * @throws ParleyError `signed-out` where nobody is logged in
   */
  accessToken(options?: { refused?: string; validForMs?: number }): Promise<string>
  /** Forgets the tokens after the server ended the session. */
  ended(): Promise<void>
  /** Calls the listener after a login, a refresh (of any tab) and, with null, a logout. */
  onChange(listener: (tokens: Tokens | null) => void): () => void
  /** When the access token ends, in milliseconds since 1970; null where nobody is logged in. */
  expiresAt(): Promise<number | null>
  close(): void
}

export interface SessionDeps {
  url: string
  tokens?: TokenStore
  fetch?: Fetch
  now?: () => number
}

/** A token that ends within this time is refreshed before it is used. */
const MARGIN_MS = 1_000

export function createSession({
  url,
  tokens: store = memoryTokens(),
  fetch = globalThis.fetch.bind(globalThis),
  now = Date.now,
}: SessionDeps): Session {
  const changes = createEmitter<Tokens | null>()
  let refreshing: Promise<Tokens> | null = null
  const channel = openTabChannel(store.sharedAs, () => void reload())

  async function reload(): Promise<void> {
    changes.emit(await store.load())
  }

  async function save(tokens: Tokens | null): Promise<void> {
    await store.save(tokens)
    channel.announce()
    changes.emit(tokens)
  }

  async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<unknown> {
    const answer = await sendRequest(fetch, { method: 'post', url: url.replace(/\/$/, '') + path, headers, body })
    return answer.body
  }

  async function open(path: string, body: object): Promise<User> {
    const { user, ...granted } = (await post(path, body)) as components['schemas']['Session']
    await save(tokensOf(user.id, granted, now()))
    return user
  }

  const isUsable = ({ accessToken, expiresAt }: Tokens, refused: string | undefined, validForMs: number): boolean =>
    accessToken !== refused && expiresAt - now() > validForMs

  /** Another tab may have refreshed them while this one waited for its turn. */
  const refresh = (refused: string | undefined, validForMs: number): Promise<Tokens> =>
    exclusively(store.sharedAs, async () => {
      const tokens = await loaded()
      if (isUsable(tokens, refused, validForMs)) return tokens
      const { userId, refreshToken, refreshKey } = tokens
      try {
        const granted = await post('/auth/refresh', { refreshToken }, { 'idempotency-key': refreshKey })
        const next = tokensOf(userId, granted as components['schemas']['Refreshed'], now())
        await save(next)
        return next
      } catch (error) {
        if (!(error instanceof ParleyError) || error.status !== 401) throw error
        await save(null)
        throw signedOut(error)
      }
    })

  async function loaded(): Promise<Tokens> {
    const tokens = await store.load()
    if (tokens === null) throw signedOut()
    return tokens
  }

  return {
    register: (account) => open('/auth/register', account),
    login: (credentials) => open('/auth/login', credentials),
    async logout() {
      const tokens = await store.load()
      if (tokens === null) return
      await save(null)
      await post('/auth/logout', { refreshToken: tokens.refreshToken })
    },
    async userId() {
      return (await store.load())?.userId ?? null
    },
    async accessToken({ refused, validForMs = MARGIN_MS } = {}) {
      const tokens = await loaded()
      if (isUsable(tokens, refused, validForMs)) return tokens.accessToken
      refreshing ??= refresh(refused, validForMs).finally(() => (refreshing = null))
      return (await refreshing).accessToken
    },
    async ended() {
      if ((await store.load()) !== null) await save(null)
    },
    onChange: (listener) => changes.listen(listener),
    async expiresAt() {
      return (await store.load())?.expiresAt ?? null
    },
    close: () => channel.close(),
  }
}

const signedOut = (cause?: unknown): ParleyError =>
  new ParleyError({ code: 'signed-out', title: 'Nobody is logged in' }, cause)

function tokensOf(
  userId: string,
  { accessToken, refreshToken, expiresInSeconds }: components['schemas']['Refreshed'],
  now: number,
): Tokens {
  return { userId, accessToken, refreshToken, refreshKey: randomId(), expiresAt: now + expiresInSeconds * 1_000 }
}
