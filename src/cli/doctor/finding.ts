/** What one check found. */
export interface Finding {
  /** What was looked at, in one or two words. */
  check: string
  /** `warning`: it works, but not as it should; `failed`: Parley cannot work like that, or not safely. */
  status: 'ok' | 'warning' | 'failed'
  /** What was found, and what to do where that is not ok. */
  message: string
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message })
export const warning = (check: string, message: string): Finding => ({ check, status: 'warning', message })
export const failed = (check: string, message: string): Finding => ({ check, status: 'failed', message })
