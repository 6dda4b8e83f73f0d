import { execFileSync } from 'node:child_process'

/** Installs a package of Debian, only where CI runs as root; its service is not started. False where that cannot be. */
export function installDebian(name: string): boolean {
  if (process.env['CI'] !== 'true' || process.getuid?.() !== 0 || !runs('apt-get', '--version')) return false
  const install = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${name}`
  const noServices = 'printf "#!/bin/sh\\nexit 101\\n" >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d'
  const command = `[ -e /usr/sbin/policy-rc.d ] || { ${noServices}; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }; ${install}`
  return runs('sh', '-c', command)
}

/** Whether a program is there and ends well. */
export function runs(command: string, ...args: string[]): boolean {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync(command, args, { stdio: 'ignore', timeout: 120_000, env })
    return true
  } catch {
    return false
  }
}
