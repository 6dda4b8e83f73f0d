import { startJobs } from '../followers/start-jobs.js'
import { followLinks, type FollowLinksDeps } from './follow-links.js'
import type { Job, Jobs } from './jobs.js'
import type { PreviewMessage } from './preview-message.js'

export interface LinkPreviewsDeps extends Omit<FollowLinksDeps, 'onNoted'> {
  jobs: Jobs
  previewMessage: PreviewMessage
  /** How often it looks for jobs that other nodes left or that are due again; 10 s by default. */
  pollMs?: number
}

/** Messages that a node works on at the same time, each of another user. */
const MAX_CONCURRENCY = 8

/**
 * Follows the log and adds previews to messages. The follower only adds jobs to a table that all nodes share; each node takes jobs from it
 * while it has capacity. The job of a node that crashed is taken by another, and the command's id keeps previews from being added twice.
 */
export function startLinkPreviews(deps: LinkPreviewsDeps): AsyncDisposable {
  const { jobs, previewMessage, report, pollMs = 10_000 } = deps
  const busyUsers = new Set<string>()

  async function work(job: Job, signal: AbortSignal): Promise<void> {
    busyUsers.add(job.userId)
    try {
      const outcome = await previewMessage(job, signal)
      if (outcome === 'done') await jobs.done(job)
      else await jobs.putBack(job, signal.aborted ? 'stopped' : outcome === 'busy' ? 'busy' : 'failed')
    } catch (error) {
      await jobs.putBack(job, signal.aborted ? 'stopped' : 'failed')
      throw error
    } finally {
      busyUsers.delete(job.userId)
    }
  }

  return startJobs({
    name: 'link-preview-jobs',
    follow: (onNoted) => followLinks({ ...deps, onNoted }),
    claim: (limit) => jobs.claim(limit, [...busyUsers]),
    work,
    maxConcurrency: MAX_CONCURRENCY,
    pollMs,
    report,
  })
}
