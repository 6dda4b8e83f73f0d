import type { FailureReport } from '../async/outage.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import { createJobs } from '../previews/jobs.js'
import { createPreviewLink } from '../previews/preview-link.js'
import { createPreviewMessage } from '../previews/preview-message.js'
import { startLinkPreviews } from '../previews/start-link-previews.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Releases } from './release.js'

/** The follower that makes link previews, unless they are switched off. */
export function startPreviews(
  { linkPreviews, flagsFile, linkPreviewsInDirectChats: inDirectChats }: Config,
  core: Pick<Core, 'log' | 'reader' | 'databases' | 'runAsSystem' | 'content' | 'flags' | 'clock'>,
  { safeFetch, report }: { safeFetch: SafeFetch; report: FailureReport },
  releases: Releases,
): void {
  if (!linkPreviews && flagsFile === null) return
  const { log, reader, databases, runAsSystem: run, content, flags, clock } = core
  const previewLink = createPreviewLink({ safeFetch, mask: content.mask })
  releases.add(
    startLinkPreviews({
      log,
      reader,
      clock,
      jobs: createJobs(databases.main),
      previewMessage: createPreviewMessage({
        log,
        reader,
        previewLink,
        run,
        isOn: (userId) => flags.isOn('link-previews', userId),
        inDirectChats,
      }),
      report,
    }),
  )
}
