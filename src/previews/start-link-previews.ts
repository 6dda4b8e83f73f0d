import { createSignal } from '../async/signal.js'
import { takeJobs } from '../followers/take-jobs.js'
import { followLinks, type FollowLinksDeps } from './follow-links.js'
import type { Job, Jobs } from './jobs.js'
import type { PreviewMessage } from './preview-message.js'

export interface LinkPreviewsDeps extends Omit<FollowLinksDeps, 'onNoted'> {
  jobs: Jobs
  previewMessage: PreviewMessage
  /** How often it looks for what other nodes left or what is due again; 10 s by default. */
  pollMs?: number
}

const MAX_AT_ONCE = 4

/**
 * Follows the log and adds previews to messages, four messages at a time and beside everything else: the follower only notes what there is to
 * do, for all nodes in one table, and whoever has a hand free takes it from there. After a crash another takes it, and the
 * command's id keeps it from being added twice.
 */
export function startLinkPreviews(deps: LinkPreviewsDeps): AsyncDisposable {
  const { jobs, previewMessage, report, pollMs = 10_000 } = deps
  const wakeUp = createSignal()
  const stop = new AbortController()
  const { signal } = stop

  async function work(job: Job): Promise<void> {
    try {
      const outcome = await previewMessage(job, signal)
      if (outcome === 'done') await jobs.done(job)
      else await jobs.putBack(job, signal.aborted ? 'stopped' : 'failed')
    } catch (error) {
      await jobs.putBack(job, signal.aborted ? 'stopped' : 'failed')
      throw error
    }
  }

  const follower = followLinks({ ...deps, onNoted: () => wakeUp.notify() })
  const claim = (limit: number): Promise<Job[]> => jobs.claim(limit)
  const working = takeJobs(
    { name: 'link-preview-jobs', claim, work, maxConcurrency: MAX_AT_ONCE, wakeUp, pollMs, report },
    signal,
  )
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all([follower[Symbol.asyncDispose](), working])
    },
  }
}
