import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/google-chrome']
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const INSTALL_MS = 300_000

let found: string | null = null

/** That of `CHROMIUM`, else the machine's own; where a CI runs as root on Debian it is installed first. Null where there is none. */
export function chromiumPath(): string | null {
  found ??= process.env['CHROMIUM'] ?? installed() ?? afterInstalling()
  return found
}

/** A browser with a profile of its own, which goes with it. */
export function startBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === null)
    throw new Error('there is no Chromium: set CHROMIUM to one, or install it (apt-get install chromium)')
  return chromium.launch({ executablePath, headless: true, args: ARGS })
}

const installed = (): string | null => PLACES.find((path) => existsSync(path)) ?? null

function afterInstalling(): string | null {
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
  if (!isDebian || process.env['CI'] !== 'true' || process.getuid?.() !== 0) return null
  try {
    execFileSync('apt-get', ['update'], { stdio: 'ignore', timeout: INSTALL_MS })
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: 'ignore',
      timeout: INSTALL_MS,
    })
  } catch {
    // without a network there is none, and the end of the run says so
  }
  return installed()
}
