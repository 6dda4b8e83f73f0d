// Generated from openapi.json by `npm run client:types`: do not edit.

export interface paths {
  '/chats/{id}/messages': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Messages, ascending by seq; without parameters the latest */
    get: {
      parameters: {
        query?: {
          before?: number
          after?: number
          around?: number
          limit?: number
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Message'][]
          }
        }
      }
    }
    put?: never
    /** Send a message */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 10000 code points after trimming */
            content: string
            /** Format: uuid */
            replyTo?: string
            /** @default text */
            type?: string
            /** @default null */
            metadata?: {
              [key: string]: components['schemas']['Json']
            } | null
            clientMessageId?: string
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Message']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Events after a version: the same frames as on sockets */
    get: {
      parameters: {
        query?: {
          after?: number
          limit?: number
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Frame'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/register': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Register, and log in; `invite` is what an invite’s link holds */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** Format: email */
            email: string
            password: string
            /** @description 1 to 255 code points after trimming */
            name: string
            invite?: string
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Session']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/login': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Log in */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** Format: email */
            email: string
            password: string
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Session']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Exchange a refresh token for new tokens; repeated with the same Idempotency-Key within 60 s, it gives the same ones again */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            refreshToken: string
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Refreshed']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/logout': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** End this session: that of the access token, or that of the refresh token in the body */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: {
        content: {
          'application/json': {
            refreshToken?: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** My sessions that can still be used, the last used first */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['OpenSession'][]
          }
        }
      }
    }
    put?: never
    post?: never
    /** End all my sessions but this one */
    delete: {
      parameters: {
        query: {
          except: 'current'
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/sessions/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** End one of my sessions */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/password': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Change my password, and end my other sessions */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            currentPassword: string
            newPassword: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/password-reset': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Mail a link to reset the password; the answer does not tell whether the address is registered */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** Format: email */
            email: string
          }
        }
      }
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/password-reset/confirm': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Set a new password with the token of a mailed link; ends all sessions, and the tokens of my bots unless `keepBots=true` */
    post: {
      parameters: {
        query?: {
          keepBots?: 'true' | 'false'
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            token: string
            newPassword: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/email': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Mail a link to a new address, and a notice to the old one; to my current address: the link that confirms it */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            password: string
            /** Format: email */
            newEmail: string
          }
        }
      }
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/email/confirm': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Confirm an address with the token of a mailed link; a new address replaces the old one */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            token: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/me/erasure': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What became of my erasure: also once the account is closed, until my token expires */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Erasure']
          }
        }
      }
    }
    put?: never
    /** Erase my account and all that I wrote; it cannot be undone */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            password: string
          }
        }
      }
      responses: {
        /** @description The answer */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Erasure']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/erasure': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Erase a user and all that they wrote; it cannot be undone */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Erasure']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/me/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Everything held about me, as lines of JSON; requires a login within the last 15 minutes */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Lines of JSON */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/x-ndjson': string
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** My own user */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['User']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /** Change my name, avatar, status, who may add me to chats, or whether others see when I am online */
    patch: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 255 code points after trimming */
            name?: string
            avatarUrl?: string | null
            statusText?: string | null
            /** @enum {string} */
            addableBy?: 'everyone' | 'shared-chat' | 'nobody'
            showPresence?: boolean
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['User']
          }
        }
      }
    }
    trace?: never
  }
  '/users/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The profile of a user */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Profile']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Profiles, by their ids or by how a word of the name begins. For admins also everyone */
    get: {
      parameters: {
        query?: {
          ids?: string
          query?: string
          all?: 'true'
          after?: string
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Profile'][] | components['schemas']['Account'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/presence': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether someone with whom I share a chat is online, and when they were last */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Presence']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/presence': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The same of several; those with whom I share no chat are left out */
    get: {
      parameters: {
        query: {
          ids: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Presence'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/roles': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Set the roles of a user; their access tokens must be refreshed */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            roles: ('auditor' | 'analyst' | 'admin')[]
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Account']
          }
        }
      }
    }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/deactivate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Deactivate an account: no login, no sessions */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/reactivate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Reactivate an account; earlier sessions stay revoked */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/me/blocks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Users I block, latest first */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['UserRef'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/me/blocks/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Block a user: they can open no direct chat with me and add me to no chat. They are not told */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    /** Unblock a user */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/bots': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** My bots, the oldest first */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Bot'][]
          }
        }
      }
    }
    put?: never
    /** Create a bot, which acts with tokens of its own in the chats to which it is added */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 255 code points after trimming */
            name: string
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Bot']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/bots/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** Deactivate a bot for good, one of mine or, for admins, any; its tokens stop working */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/bots/{id}/tokens': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The tokens of a bot of mine that have not expired, newest first, without their secrets */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['BotToken'][]
          }
        }
      }
    }
    put?: never
    /** Create a token for a bot of mine, valid in these chats only; it is shown only here */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            chatIds: string[]
            /** @default 7776000 */
            expiresInSeconds?: number
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['NewBotToken']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/bots/{id}/tokens/{tokenId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** Revoke a token of a bot of mine; every node refuses it within 2 s */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          tokenId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/open': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Chats that I may join; with a query, those in whose names a word begins with it */
    get: {
      parameters: {
        query?: {
          query?: string | null
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['SharedChat'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** My chats, latest activity first; with `hidden=true` the hidden ones */
    get: {
      parameters: {
        query?: {
          hidden?: 'true' | 'false'
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['ListedChat'][]
          }
        }
      }
    }
    put?: never
    /** Create a chat; a direct chat that exists already is answered 200 */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @enum {string} */
            type?: 'direct' | 'group'
            name?: string | null
            participantIds: string[]
            /**
             * @default full
             * @enum {string}
             */
            historyVisibility?: 'full' | 'since-joined'
            /**
             * @default invite
             * @enum {string}
             */
            joinPolicy?: 'invite' | 'open'
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One of my chats, with its first participants */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /** Change the name, history visibility or join policy of a group */
    patch: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            name?: string | null
            /** @enum {string} */
            historyVisibility?: 'full' | 'since-joined'
            /** @enum {string} */
            joinPolicy?: 'invite' | 'open'
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
      }
    }
    trace?: never
  }
  '/chats/{id}/archive': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Archive a group: it can be read, but not changed */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/unarchive': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Unarchive a group */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/participants': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Participants, in the order in which they joined */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Participant'][]
          }
        }
      }
    }
    put?: never
    /** Add one user or several; existing participants stay as they are */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** Format: uuid */
            userId?: string
            userIds?: string[]
            /**
             * @default member
             * @enum {string}
             */
            role?: 'owner' | 'admin' | 'member'
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Participant'] | components['schemas']['Participant'][]
          }
        }
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Participant'] | components['schemas']['Participant'][]
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/join': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Join an open chat */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/leave': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Leave a group */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/participants/{userId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** Remove a participant of a lower role; removing oneself is leaving */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          userId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    /** Change the role of a participant of a lower role, up to my own; or lower my own */
    patch: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          userId: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @enum {string} */
            role: 'owner' | 'admin' | 'member'
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Participant']
          }
        }
      }
    }
    trace?: never
  }
  '/chats/{id}/bans': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Users banned from the chat, by whom and why, latest first */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Ban'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/bans/{userId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Ban a participant of a lower role, who is removed, or any other user. Only owners and admins see the reason */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          userId: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 1000 code points after trimming */
            reason?: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    /** Unban a user; this does not add them again */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          userId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/invites': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Create an invite code; it is shown only here */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @default null */
            expiresInSeconds?: number | null
            /** @default null */
            maxUses?: number | null
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Invite']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/invites/{code}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** Revoke an invite; users who joined by it stay */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          code: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/invites/{code}/join': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Join a chat by an invite */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          code: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Chat']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/webhooks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Webhooks of the chat; only its owners and admins see the URLs */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Webhook'][]
          }
        }
      }
    }
    put?: never
    /** Create a webhook that sends events of the chat, as far as I may see them, to a URL; or, with `direction` in, one whose URL takes messages for the chat. The secret is shown only here */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json':
            | {
                /** @constant */
                direction?: 'out'
                url: string
                /** @description names of events as sockets know them; empty for all */
                events?: (
                  | 'chat_created'
                  | 'chat_updated'
                  | 'chat_archived'
                  | 'chat_unarchived'
                  | 'participant_joined'
                  | 'participant_left'
                  | 'participant_removed'
                  | 'participant_banned'
                  | 'participant_unbanned'
                  | 'participant_role_changed'
                  | 'new_message'
                  | 'message_edited'
                  | 'message_deleted'
                  | 'reaction_added'
                  | 'reaction_removed'
                  | 'message_pinned'
                  | 'message_unpinned'
                  | 'link_previews'
                  | 'messages_expired'
                  | 'skipped'
                )[]
                name?: string | null
              }
            | {
                /** @constant */
                direction: 'in'
                /** @description 1 to 255 code points after trimming */
                name: string
              }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['NewWebhook'] | components['schemas']['NewIncomingWebhook']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/webhooks/{webhookId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /** Delete a webhook; the bot of an incoming one is removed */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          webhookId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/webhooks/{webhookId}/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Deliver the events after a version of the chat again, as they are now and as far back as its creator may see */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          webhookId: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            afterVersion: number
          }
        }
      }
      responses: {
        /** @description The answer */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Replay']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/hooks/{webhookId}/{secret}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Send messages by an incoming webhook, in the form of Slack: JSON, or a form with the field `payload` */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          webhookId: string
          secret: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': string
          'application/x-www-form-urlencoded': string
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'text/plain': string
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/read': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Mark as read up to a seq; never moves back */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            seq: number
            /** @default false */
            unread?: boolean
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/mute': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Mute or unmute a chat for myself */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            muted: boolean
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/hide': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Hide a chat from my list until its next message, or show it again */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            hidden: boolean
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/messages/{messageId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One message */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Message']
          }
        }
      }
    }
    put?: never
    post?: never
    /** Delete a message: its author may, and owners and admins of the chat */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Message']
          }
        }
      }
    }
    options?: never
    head?: never
    /** Edit a message; only its author may */
    patch: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 10000 code points after trimming */
            content: string
          }
        }
      }
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Message']
          }
        }
      }
    }
    trace?: never
  }
  '/chats/{id}/messages/{messageId}/history': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** All versions of the text of a message, the current one last */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Edit'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/messages/{messageId}/reactions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Reactions, and who gave them */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Reaction'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/messages/{messageId}/reactions/{emoji}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** React with an emoji */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
          emoji: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    /** Remove a reaction */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
          emoji: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/pins': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Pinned messages, the last pinned first */
    get: {
      parameters: {
        query?: {
          limit?: number
          after?: string | null
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Pin'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/pins/{messageId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Pin a message */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    /** Unpin a message */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/messages/{messageId}/reports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Report a message to the admins; nobody else sees it. While my report is open, the same report is answered */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 1000 code points after trimming */
            reason: string
          }
        }
      }
      responses: {
        /** @description The answer */
        201: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['OwnReport']
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/reports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Reports, newest first, each with its reporter and the message as it is now */
    get: {
      parameters: {
        query?: {
          status?: ('open' | 'settled') | null
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Report'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/reports/{id}/settle': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Settle a report with an outcome; the first outcome is kept */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 1000 code points after trimming */
            outcome: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/holds/{kind}/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Place a legal hold on a user or a chat: nothing of it is erased until the hold ends */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          kind: 'user' | 'chat'
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 1000 code points after trimming */
            reason: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    /** End a legal hold; erasures that it delayed are completed */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          kind: 'user' | 'chat'
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            /** @description 1 to 1000 code points after trimming */
            reason: string
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/retention': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Set for how many days a chat keeps its messages; null: without end. Older ones show as erased */
    put: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            days: number | null
          }
        }
      }
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/search/messages': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Messages that I may see and that contain the whole query, and after them those that do but for typing errors: words, exact "phrases", -excluded words; the last word also matches as a prefix. A query without a word finds nothing. Ranges of the highlight are in UTF-16 code units of its text */
    get: {
      parameters: {
        query: {
          q: string
          chatId?: string | null
          senderId?: string | null
          from?: string | null
          to?: string | null
          order?: 'relevance' | 'latest'
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['FoundMessage'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/entries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Who did what to whom, from where and when: one entry for each event of the log, in its order. `from` and `to` are recorded times, both included */
    get: {
      parameters: {
        query?: {
          event?:
            | (
                | 'chat_created'
                | 'participant_joined'
                | 'participant_added'
                | 'participant_left'
                | 'participant_removed'
                | 'participant_role_changed'
                | 'participant_banned'
                | 'participant_unbanned'
                | 'chat_changed'
                | 'chat_archived'
                | 'chat_unarchived'
                | 'invite_created'
                | 'invite_revoked'
                | 'message_sent'
                | 'message_edited'
                | 'message_deleted'
                | 'reaction_added'
                | 'reaction_removed'
                | 'message_pinned'
                | 'message_unpinned'
                | 'link_previews_added'
                | 'messages_expired'
                | 'user_registered'
                | 'profile_changed'
                | 'user_blocked'
                | 'user_unblocked'
                | 'session_opened'
                | 'session_revoked'
                | 'password_changed'
                | 'user_exported'
                | 'user_erased'
                | 'chats_read'
                | 'chat_muted'
                | 'chat_hidden'
                | 'chat_hold_placed'
                | 'chat_hold_ended'
                | 'chat_retention_changed'
                | 'ban_reason_given'
                | 'message_reported'
                | 'report_settled'
                | 'webhook_created'
                | 'webhook_deleted'
                | 'webhook_disabled'
                | 'roles_changed'
                | 'user_deactivated'
                | 'user_reactivated'
                | 'user_hold_placed'
                | 'user_hold_ended'
                | 'user_erasure_requested'
                | 'log_opened'
                | 'log_copied'
                | 'log_restored'
                | 'projection_event_skipped'
                | 'feature_flag_changed'
                | 'security_event'
                | 'privileged_access_started'
                | 'privileged_access_ended'
              )
            | null
          userId?: string | null
          targetUserId?: string | null
          chatId?: string | null
          messageId?: string | null
          from?: string | null
          to?: string | null
          order?: 'asc' | 'desc'
          after?: string | null
          upTo?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['AuditEntry'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/users': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Users, by how a word of the name begins */
    get: {
      parameters: {
        query: {
          query: string
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Profile'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/chats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Chats, by how a word of the name begins, by a user who takes part or ever did, or by both. Direct chats have no name, and are found by their participants */
    get: {
      parameters: {
        query?: {
          query?: string | null
          participantId?: string | null
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['FoundChat'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/streams': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Streams of the log, by how their names begin, in the order of their names */
    get: {
      parameters: {
        query?: {
          prefix?: string
          after?: string
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Stream'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/streams/{stream}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The events of a stream as the log holds them, from version `after` on, up to the one that was its last when the first page was read */
    get: {
      parameters: {
        query?: {
          after?: number | null
          upTo?: number | null
          form?: 'sealed' | 'plain'
          limit?: number
        }
        header?: never
        path: {
          stream: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['RawEvent'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/log': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** All events as the log holds them, from position `after` on, up to the one that was the last when the first page was read */
    get: {
      parameters: {
        query?: {
          after?: string | null
          upTo?: string | null
          form?: 'sealed' | 'plain'
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['RawEvent'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/chats/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A chat as it was at a moment, that included: participants, messages as they then read, reactions, pins. Without a moment, as it is now. What was erased since is null */
    get: {
      parameters: {
        query?: {
          at?: string
          position?: string
          version?: number
          before?: number
          after?: number
          participantsAfter?: string | null
          limit?: number
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['PastChat']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/users/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The profile and roles of a user at a moment, that included. Without a moment, as they are now */
    get: {
      parameters: {
        query?: {
          at?: string
          position?: string
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['PastUser']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/checkpoints': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Signed heads of the audit chain and of its Merkle tree, newest first, and where they are stored outside */
    get: {
      parameters: {
        query?: {
          after?: string | null
          limit?: number
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Checkpoint'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The public keys that checkpoints are signed with, retired ones too */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['SigningKey'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/proofs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** With `ordinal`: proves that the chain has this entry. With `from` and `to`: proves that the tree of `to` entries begins with that of `from` (RFC 9162) */
    get: {
      parameters: {
        query?: {
          ordinal?: number | null
          from?: number | null
          to?: number | null
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Receipt'] | components['schemas']['Consistency']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The audit chain up to the last checkpoint, as lines of JSON: to be checked without Parley */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Lines of JSON */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/x-ndjson': string
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chats/{id}/messages/{messageId}/receipt': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Proves that this message was sent then, without its content: to be kept, and checked without Parley */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
          messageId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Receipt']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/verifications': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Recompute the audit chain, and compare it with the log, up to the entry that is the last one now. Where one runs, its id is given */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': {
              /** Format: uuid */
              id: string
            }
          }
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/verifications/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A verification: how far it is, and what it found; `latest` for the last one that was begun */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: 'latest' | string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Verification']
          }
        }
      }
    }
    put?: never
    post?: never
    /** Give up a verification that runs */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Each read model: how far it follows the log, whether it is paused, and its rebuild */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Projection'][]
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One read model */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['Projection']
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/rebuild': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Build it again from the log beside the tables in use; queries use those until the new ones are complete */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    /** Give up its rebuild or comparison, and drop what was built */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/retry': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Try the event at which it is paused again, at once */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/stop': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Let it rest; what it shows becomes stale */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/start': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Let it follow the log again */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/diff': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What the last comparison found: rows that differ, by table, with their keys and the names of the fields */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': components['schemas']['ProjectionDifferences']
          }
        }
      }
    }
    put?: never
    /** Build it again from the log, and compare with the tables in use */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/projections/{name}/skip': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Pass over the event at which it is paused, for good; the log keeps who did so and why */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          name: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          'application/json': {
            position: string
            /** @description 1 to 1000 code points after trimming */
            reason: string
          }
        }
      }
      responses: {
        /** @description Done */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/healthz': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The process is up */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': {
              /** @constant */
              status: 'ok'
            }
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/readyz': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether this node can serve; with the token for metrics also the state of each component */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json':
              | components['schemas']['Readiness']
              | {
                  /** @enum {string} */
                  status: 'ok' | 'degraded' | 'unavailable'
                }
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/metrics': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Metrics, in the text format of Prometheus */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'text/plain': string
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/openapi.json': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** This description */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': {
              [key: string]: unknown
            }
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/asyncapi.json': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The description of the sockets */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'application/json': {
              [key: string]: unknown
            }
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/docs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** This description as a page, with authorisation and requests to try out */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'text/plain': string
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/docs/{file}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A file of that page; `realtime.html` is the page of the sockets */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          file: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The answer */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            'text/plain': string
          }
        }
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    Json: unknown
    Message: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      chatId: string
      seq: number
      version: number
      sender: components['schemas']['UserRef']
      clientMessageId: string | null
      type: string
      content: string | null
      contentHtml: string | null
      metadata: {
        [key: string]: components['schemas']['Json']
      } | null
      replyTo: {
        /** Format: uuid */
        id: string
        seq: number
        senderName: string | null
        excerpt: string | null
      } | null
      reactions: {
        emoji: string
        count: number
        userIds: string[]
      }[]
      mentions: string[]
      mentionsAll: boolean
      linkPreviews: {
        url: string
        title: string | null
        description: string | null
        imageUrl: string | null
      }[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      recordedAt: string
      editedAt: string | null
      deletedAt: string | null
      deletedBy: string | null
    }
    UserRef: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
    }
    Frame: {
      event: string
      payload: {
        [key: string]: unknown
      }
    }
    Session: {
      user: components['schemas']['User']
      accessToken: string
      refreshToken: string
      expiresInSeconds: number
    }
    User: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      statusText: string | null
      /** @enum {string} */
      addableBy: 'everyone' | 'shared-chat' | 'nobody'
      showPresence: boolean
      email: string | null
      emailVerified: boolean
      roles: ('auditor' | 'analyst' | 'admin')[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
    }
    Refreshed: {
      accessToken: string
      refreshToken: string
      expiresInSeconds: number
    }
    OpenSession: {
      /** Format: uuid */
      id: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      lastUsedAt: string
      ip: string
      userAgent: string
      current: boolean
    }
    Erasure: {
      /** @enum {string} */
      status: 'none' | 'erasing' | 'restricted' | 'erased'
    }
    Profile: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      statusText: string | null
    }
    Account: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      statusText: string | null
      /** @enum {string} */
      addableBy: 'everyone' | 'shared-chat' | 'nobody'
      showPresence: boolean
      email: string | null
      emailVerified: boolean
      roles: ('auditor' | 'analyst' | 'admin')[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      /** @enum {string} */
      status: 'active' | 'deactivated' | 'erased'
    }
    Presence: {
      /** Format: uuid */
      userId: string
      isOnline: boolean
      lastSeen: string | null
      /** @description only of oneself */
      deviceCount?: number
    }
    Bot: {
      /** Format: uuid */
      id: string
      name: string | null
      /** Format: uuid */
      ownerId: string
      /** Format: date-time */
      createdAt: string
      tokenCount: number
    }
    NewBotToken: {
      /** Format: uuid */
      id: string
      chatIds: string[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      expiresAt: string
      token: string
    }
    BotToken: {
      /** Format: uuid */
      id: string
      chatIds: string[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      expiresAt: string
    }
    SharedChat: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      type: 'direct' | 'group'
      name: string | null
      /** Format: uuid */
      createdBy: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      archivedAt: string | null
      /** @enum {string} */
      historyVisibility: 'full' | 'since-joined'
      /** @enum {string} */
      joinPolicy: 'invite' | 'open'
      participantCount: number
      lastSeq: number
      version: number
    }
    Chat: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      type: 'direct' | 'group'
      name: string | null
      /** Format: uuid */
      createdBy: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      archivedAt: string | null
      /** @enum {string} */
      historyVisibility: 'full' | 'since-joined'
      /** @enum {string} */
      joinPolicy: 'invite' | 'open'
      participantCount: number
      lastSeq: number
      version: number
      /** @enum {string} */
      myRole: 'owner' | 'admin' | 'member'
      muted: boolean
      hidden: boolean
      readSeq: number
      unreadCount: number
      unreadMentions: number
      participants: components['schemas']['Participant'][]
    }
    Participant: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      /** @enum {string} */
      role: 'owner' | 'admin' | 'member'
      /** Format: date-time */
      joinedAt: string
      readSeq: number
    }
    ListedChat: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      type: 'direct' | 'group'
      name: string | null
      /** Format: uuid */
      createdBy: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      archivedAt: string | null
      /** @enum {string} */
      historyVisibility: 'full' | 'since-joined'
      /** @enum {string} */
      joinPolicy: 'invite' | 'open'
      participantCount: number
      lastSeq: number
      version: number
      /** @enum {string} */
      myRole: 'owner' | 'admin' | 'member'
      muted: boolean
      hidden: boolean
      readSeq: number
      unreadCount: number
      unreadMentions: number
      lastMessage: string | null
      lastMessageSenderId: string | null
      lastMessageSenderName: string | null
      /** Format: date-time */
      timestamp: string
      participants: components['schemas']['UserRef'][]
    }
    Ban: {
      person: components['schemas']['UserRef']
      by: components['schemas']['UserRef']
      /** Format: date-time */
      at: string
      reason: string | null
    }
    Invite: {
      code: string
      url: string
    }
    NewWebhook: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      direction: 'out' | 'in'
      name: string | null
      /** @description null to members */
      url: string | null
      /** @description empty for all; null for one that leads in */
      events: string[] | null
      botId: string | null
      createdBy: components['schemas']['UserRef']
      /** Format: date-time */
      createdAt: string
      /** @enum {string} */
      status: 'active' | 'disabled' | 'deleted'
      disabledWhy: ('failing' | 'creator') | null
      /** @description signs what is sent; shown only here */
      secret: string
    }
    NewIncomingWebhook: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      direction: 'out' | 'in'
      name: string | null
      /** @description holds the secret; shown only here */
      url: string
      /** @description empty for all; null for one that leads in */
      events: string[] | null
      botId: string | null
      createdBy: components['schemas']['UserRef']
      /** Format: date-time */
      createdAt: string
      /** @enum {string} */
      status: 'active' | 'disabled' | 'deleted'
      disabledWhy: ('failing' | 'creator') | null
    }
    Webhook: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      direction: 'out' | 'in'
      name: string | null
      /** @description null to members */
      url: string | null
      /** @description empty for all; null for one that leads in */
      events: string[] | null
      botId: string | null
      createdBy: components['schemas']['UserRef']
      /** Format: date-time */
      createdAt: string
      /** @enum {string} */
      status: 'active' | 'disabled' | 'deleted'
      disabledWhy: ('failing' | 'creator') | null
      /** @description null to members */
      delivery: components['schemas']['Delivery'] | null
    }
    Delivery: {
      /** @description version of the chat */
      deliveredUpTo: number
      lastDeliveredAt: string | null
      /** @description in a row */
      failures: number
      lastFailure: {
        /** Format: date-time */
        at: string
        reason: string
      } | null
      nextAttemptAt: string | null
    }
    Replay: {
      afterVersion: number
    }
    Edit: {
      content: string | null
      /** Format: date-time */
      at: string
      by: components['schemas']['UserRef']
    }
    Reaction: {
      emoji: string
      people: components['schemas']['UserRef'][]
    }
    Pin: {
      message: components['schemas']['Message']
      pinnedBy: components['schemas']['UserRef']
      /** Format: date-time */
      pinnedAt: string
    }
    OwnReport: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      messageId: string
      /** Format: uuid */
      chatId: string
      /** Format: date-time */
      createdAt: string
    }
    Report: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      chatId: string
      message: components['schemas']['Message']
      reporter: components['schemas']['UserRef']
      reason: string | null
      /** Format: date-time */
      createdAt: string
      /** @enum {string} */
      status: 'open' | 'settled'
      outcome: string | null
      settledBy: components['schemas']['UserRef'] | null
      settledAt: string | null
      reportCount: number
    }
    FoundMessage: {
      message: components['schemas']['Message']
      highlight: {
        /** @description plain text: an excerpt of what the message says */
        text: string
        /** @description the hits in `text`: first and one past the last, in UTF-16 code units */
        ranges: [number, number][]
      }
    }
    AuditEntry: {
      ordinal: number
      position: string
      event: string
      userId: string | null
      targetUserId: string | null
      chatId: string | null
      messageId: string | null
      ip: string | null
      userAgent: string | null
      correlationId: string
      /** Format: date-time */
      at: string
      details: {
        [key: string]: components['schemas']['Json']
      }
      hash: string | null
    }
    FoundChat: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      type: 'direct' | 'group'
      name: string | null
      /** Format: uuid */
      createdBy: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      archivedAt: string | null
      /** @enum {string} */
      historyVisibility: 'full' | 'since-joined'
      /** @enum {string} */
      joinPolicy: 'invite' | 'open'
      participantCount: number
      lastSeq: number
      version: number
      participants: components['schemas']['UserRef'][]
    }
    Stream: {
      stream: string
      /** @description of its last event */
      version: number
    }
    RawEvent: {
      /** @description null until the audit chain has the event */
      ordinal: number | null
      position: string
      stream: string
      version: number
      /** Format: uuid */
      id: string
      type: string
      schemaVersion: number | null
      at: string
      /** @description JSON; text where what is stored is not JSON */
      data: unknown
      /** @description JSON; text where what is stored is not JSON */
      metadata: unknown
    }
    PastChat: {
      chat: components['schemas']['SharedChat']
      version: number
      /** @description of the last event that it includes */
      position: string
      /**
       * Format: date-time
       * @description of that event
       */
      recordedAt: string
      participants: components['schemas']['PastParticipant'][]
      /** @description `participantsAfter` of the next page */
      moreParticipants: string | null
      pins: {
        /** Format: uuid */
        messageId: string
        seq: number
        pinnedBy: components['schemas']['UserRef']
        /** Format: date-time */
        pinnedAt: string
      }[]
      messages: components['schemas']['Message'][]
    }
    PastParticipant: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      /** @enum {string} */
      role: 'owner' | 'admin' | 'member'
      /** Format: date-time */
      joinedAt: string
    }
    PastUser: {
      /** Format: uuid */
      id: string
      name: string | null
      avatarUrl: string | null
      isBot: boolean
      /** Format: uuid */
      ownerId?: string
      statusText: string | null
      /** @enum {string} */
      addableBy: 'everyone' | 'shared-chat' | 'nobody'
      showPresence: boolean
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      roles: ('auditor' | 'analyst' | 'admin')[]
      /** @enum {string} */
      status: 'active' | 'deactivated'
      /** @description of the stream of the user */
      version: number
    }
    Checkpoint: {
      ordinal: number
      hash: string
      treeHead: string
      /** Format: date-time */
      at: string
      kid: string
      signature: string
      anchors: {
        target: string
        /** Format: date-time */
        at: string
        /** @description the answer of a time-stamp authority (RFC 3161), in base64 */
        proof: string | null
      }[]
    }
    SigningKey: {
      kid: string
      /** @description an Ed25519 key, in PEM */
      publicKey: string
      /** @description whether new checkpoints are signed with it */
      isActive: boolean
    }
    Receipt: {
      entry: {
        previousHash: string
        ordinal: number
        stream: string
        version: number
        /** Format: uuid */
        id: string
        type: string
        at: string
        dataDigest: string
        metadataDigest: string
      }
      proof: {
        leaf: number
        size: number
        path: string[]
      }
      checkpoint: {
        ordinal: number
        hash: string
        treeHead: string
        /** Format: date-time */
        at: string
        kid: string
        signature: string
      }
      anchors: {
        target: string
        /** Format: date-time */
        at: string
        /** @description the answer of a time-stamp authority (RFC 3161), in base64 */
        proof: string | null
      }[]
    }
    Consistency: {
      from: {
        size: number
        treeHead: string
      }
      to: {
        size: number
        treeHead: string
      }
      path: string[]
    }
    Verification: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      status: 'running' | 'done' | 'cancelled' | 'failed'
      /** Format: date-time */
      startedAt: string
      done: number
      total: number
      ok: boolean | null
      head: {
        ordinal: number
        hash: string
        treeHead: string
      } | null
      signedUpTo: number | null
      anchoredUpTo: number | null
      firstDivergence: {
        ordinal: number
        /** @enum {string} */
        reason:
          | 'entry-altered'
          | 'entry-removed'
          | 'entry-inserted'
          | 'entries-swapped'
          | 'event-altered'
          | 'event-removed'
          | 'event-inserted'
          | 'events-swapped'
          | 'event-forged'
          | 'tree-altered'
          | 'checkpoint-forged'
          | 'checkpoint-key-unknown'
          | 'checkpoint-contradicted'
          | 'anchor-contradicted'
          | 'snapshot-altered'
      } | null
    }
    Projection: {
      name: string
      version: number
      generation: number | null
      /** @enum {string} */
      status: 'live' | 'rebuilding' | 'paused' | 'stopped'
      reason: string | null
      position: string
      headPosition: string
      lagEvents: number
      lagSeconds: number | null
      estimated: boolean
      failure: {
        position: string | null
        stream: string | null
        eventType: string | null
        code: string
        /** Format: date-time */
        at: string
        message?: string | null
        file?: string | null
        line?: number | null
      } | null
      rebuild: {
        done: number
        total: number
        eventsPerSecond: number | null
        secondsLeft: number | null
        comparing: boolean
        paused: boolean
      } | null
    }
    ProjectionDifferences: {
      /** Format: date-time */
      at: string
      tables: {
        [key: string]: {
          count: number
          rows: {
            key: {
              [key: string]: unknown
            }
            fields: string[] | null
          }[]
        }
      }
    }
    Readiness: {
      /** @enum {string} */
      status: 'ok' | 'degraded' | 'unavailable'
      components: {
        eventStore: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
          /** @enum {string} */
          kind: 'eventstoredb' | 'postgres'
        }
        postgres: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        }
        keys: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        }
        disk: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        }
        audit: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        }
        sessions: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        }
        redis: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          latencyMs: number | null
          reason: string | null
        } | null
        realtime: {
          /** @enum {string} */
          status: 'ok' | 'degraded' | 'unavailable'
          position: string
          reason: string | null
        }
        projections: {
          [key: string]: {
            status: string
            lagSeconds: number | null
          } & {
            [key: string]: unknown
          }
        }
      }
    }
    Problem: {
      type: string
      title: string
      status: number
      detail?: string
      /** @enum {string} */
      code:
        | 'malformed-request'
        | 'malformed-json'
        | 'validation-failed'
        | 'message-empty'
        | 'message-too-long'
        | 'too-deeply-nested'
        | 'idempotency-key-mismatch'
        | 'unknown-position'
        | 'unknown-event'
        | 'unknown-version'
        | 'cursor-ahead'
        | 'too-many-cursors'
        | 'invalid-link'
        | 'token-missing'
        | 'token-expired'
        | 'token-revoked'
        | 'session-revoked'
        | 'invalid-token'
        | 'invalid-refresh-token'
        | 'invalid-credentials'
        | 'not-authorized'
        | 'registration-closed'
        | 'invalid-invite'
        | 'login-again'
        | 'own-account'
        | 'not-for-bots'
        | 'feature-off'
        | 'account-deactivated'
        | 'not-found'
        | 'chat-not-found'
        | 'not-created-yet'
        | 'message-not-found'
        | 'user-not-found'
        | 'projection-not-found'
        | 'comparison-not-found'
        | 'participant-not-found'
        | 'invite-not-found'
        | 'report-not-found'
        | 'webhook-not-found'
        | 'bot-not-found'
        | 'bot-token-not-found'
        | 'stream-not-found'
        | 'entry-not-found'
        | 'verification-not-found'
        | 'session-not-found'
        | 'method-not-allowed'
        | 'last-admin'
        | 'last-owner'
        | 'role-held'
        | 'erasure-requested'
        | 'rebuild-under-way'
        | 'not-paused-there'
        | 'projection-needed'
        | 'chat-archived'
        | 'message-deleted'
        | 'message-expired'
        | 'banned'
        | 'too-many-invites'
        | 'too-many-reactions'
        | 'too-many-pins'
        | 'webhook-disabled'
        | 'too-many-webhooks'
        | 'too-many-bots'
        | 'too-many-bot-tokens'
        | 'too-many-blocks'
        | 'email-taken'
        | 'not-imported'
        | 'line-too-late'
        | 'body-too-large'
        | 'command-too-large'
        | 'not-json'
        | 'not-served-here'
        | 'bot-owner-absent'
        | 'direct-chat'
        | 'content-refused'
        | 'idempotency-key-reused'
        | 'rate-limited'
        | 'bad-mac'
        | 'internal-error'
        | 'outcome-unknown'
        | 'dependency-unavailable'
        | 'too-busy'
        | 'projection-behind'
        | 'revocation-unknown'
        | 'not-yet-signed'
        | 'read-not-recorded'
        | 'newer-event'
      instance: string
      errors?: {
        path: string
        message: string
      }[]
      retryAfterSeconds?: number
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export type operations = Record<string, never>
