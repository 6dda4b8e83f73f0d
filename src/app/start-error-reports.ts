import type { Logger } from 'winston'
import type { Config } from './config.js'
import type { ErrorLine } from './error-reports/error-event.js'
import type { Releases } from './release.js'

/** Has each line of the log at the level error sent to `SENTRY_DSN`; without it nothing of Sentry is loaded. */
export async function startErrorReports(
  { sentryDsn, production }: Pick<Config, 'sentryDsn' | 'production'>,
  logger: Logger,
  releases: Releases,
): Promise<void> {
  if (sentryDsn === null) return
  const { openErrorReports } = await import('./error-reports/open-error-reports.js')
  const reports = releases.add(openErrorReports(sentryDsn, production ? 'production' : 'development'))
  const onLine = (line: ErrorLine & { level: string }): void => {
    if (line.level === 'error') reports.capture(line)
  }
  logger.on('data', onLine) // each line as it is written, with the fields that are allowed
  releases.onRelease(() => void logger.off('data', onLine))
}
