/** What this machine cannot offer to the tests, as one text at the end of a run, so that nobody takes skipped tests for passed ones. */
const TEXTS = {
  redis: (tests: number): string =>
    `${tests} test files or tests on Redis were skipped: there is none here\n  (set REDIS_URL, install redis-server, or run where there is a Docker engine)`,
  browser: (tests: number): string =>
    `${tests} tests in a browser were skipped: there is no Chromium here\n  (set CHROMIUM to one, or install it: apt-get install chromium)`,
  prometheus: (tests: number): string =>
    `${tests} tests on alerts and dashboards were skipped: there is no Prometheus here\n  (install it: apt-get install --no-install-recommends prometheus)`,
  smallDisk: (tests: number): string =>
    `${tests} tests on a full disk were skipped: no file system may be mounted here\n  (run as root with the right to mount, or with sudo; a container needs CAP_SYS_ADMIN)`,
  realEventStore: (tests: number): string =>
    `${tests} tests on EventStoreDB ran against the protocol server of test/support, none against a real one\n  (set EVENTSTORE_URL to an EventStoreDB, or run where there is a Docker engine)`,
}

export type Limitation = keyof typeof TEXTS
export type Limitations = Partial<Record<Limitation, number>>

let counts: Limitations = {}

export function countLimited(limitation: Limitation, tests = 1): void {
  counts[limitation] = (counts[limitation] ?? 0) + tests
}

/** The counts since the last call. */
export function takeLimitations(): Limitations {
  const taken = counts
  counts = {}
  return taken
}

export function describeLimitations(limitations: Limitations): string[] {
  return Object.entries(limitations).map(([name, tests]) => `  ${TEXTS[name as Limitation](tests)}`)
}
