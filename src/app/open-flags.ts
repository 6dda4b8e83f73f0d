import { fixedFlags, type FeatureFlags } from '../flags/feature-flags.js'
import { FlagsFileError } from '../flags/parse-flags.js'
import type { FlagsFile } from '../flags/flags-file.js'
import { ConfigError, type Config } from './config.js'

export interface Flags {
  flags: FeatureFlags
  /** Null where no file is configured: then flags never change. */
  file: FlagsFile | null
}

/** @throws ConfigError where the file cannot be used */
export async function openFlags(
  config: Pick<Config, 'flagsFile' | 'linkPreviews' | 'blockedWordsPolicy'>,
): Promise<Flags> {
  const { flagsFile } = config
  if (flagsFile === null) return { flags: fixedFlags(config), file: null }
  // Loaded only where it is used: it costs time at start.
  const { openFlagsFile } = await import('../flags/flags-file.js')
  try {
    const file = await openFlagsFile(flagsFile, config)
    return { flags: file, file }
  } catch (error) {
    if (error instanceof FlagsFileError) throw new ConfigError([`FLAGS_FILE ${error.message}`])
    throw error
  }
}
