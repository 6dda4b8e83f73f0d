import winston from 'winston'
import type { Config } from './config.js'
import type { Releases } from './release.js'

/** Has each line of the log at the level error sent to `SENTRY_DSN`; without it nothing of Sentry is loaded. */
export async function startErrorReports(
  { sentryDsn, production }: Pick<Config, 'sentryDsn' | 'production'>,
  logger: winston.Logger,
  releases: Releases,
): Promise<void> {
  if (sentryDsn === null) return
  const { openErrorReports } = await import('./error-reports/open-error-reports.js')
  const reports = releases.add(openErrorReports(sentryDsn, production ? 'production' : 'development'))
  const format = winston.format.json()
  const transport = new winston.transports.Stream({ stream: reports.lines, level: 'error', format })
  logger.add(transport)
  releases.onRelease(() => void logger.remove(transport))
}
