import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { OpenFeature, type Client, type Provider } from '@openfeature/server-sdk'
import { type BlockedWordsPolicy, type FeatureFlags, type FlagDefaults, isOnByDefault } from './feature-flags.js'
import { FlagsFileError, parseFlags, type ParsedFlags } from './parse-flags.js'

export interface FlagsFile extends FeatureFlags {
  /** The rules of each flag that the file names, as JSON. */
  definitions(): ReadonlyMap<string, string>
  /**
   * Reads the file again. Resolves with whether it changed.
   * @throws FlagsFileError where it cannot be used; what was read before stays valid
   */
  reload(): Promise<boolean>
}

/** @throws FlagsFileError */
export async function openFlagsFile(path: string, defaults: FlagDefaults): Promise<FlagsFile> {
  let text = await read(path)
  let flags = parseFlags(text)
  const client = await openClient(() => flags)
  return {
    isOn: (flag, userId) => client.getBooleanValue(flag, isOnByDefault(flag, defaults), { targetingKey: userId }),
    async blockedWordsPolicy(userId) {
      const context = userId === null ? {} : { targetingKey: userId }
      const value = await client.getStringValue('blocked-words', defaults.blockedWordsPolicy, context)
      return value as BlockedWordsPolicy // `parseFlags` lets no other value in
    },
    definitions: () => flags.definitions,
    async reload() {
      const current = await read(path)
      if (current === text) return false
      flags = parseFlags(current)
      text = current
      return true
    },
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new FlagsFileError(`cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A client of its own for each, since one process may run several installations in tests. */
async function openClient(current: () => ParsedFlags): Promise<Client> {
  const domain = `parley-${randomUUID()}`
  await OpenFeature.setProviderAndWait(domain, fileProvider(current))
  return OpenFeature.getClient(domain)
}

const fileProvider = (current: () => ParsedFlags): Provider => ({
  runsOn: 'server',
  metadata: { name: 'flags-file' },
  resolveBooleanEvaluation: (flag, byDefault, context) =>
    Promise.resolve(current().core.resolveBooleanEvaluation(flag, byDefault, context)),
  resolveStringEvaluation: (flag, byDefault, context) =>
    Promise.resolve(current().core.resolveStringEvaluation(flag, byDefault, context)),
  resolveNumberEvaluation: (flag, byDefault, context) =>
    Promise.resolve(current().core.resolveNumberEvaluation(flag, byDefault, context)),
  resolveObjectEvaluation: (flag, byDefault, context) =>
    Promise.resolve(current().core.resolveObjectEvaluation(flag, byDefault, context)),
})
