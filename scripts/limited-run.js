import { spawn } from 'node:child_process'

/**
 * Runs a command in a process group of its own and gives it no more than its time: what loops for ever stops no timer of its own, and
 * nothing but SIGKILL reaches it, nor what it started. `onLine` gets each line of what it prints. Resolves with its code, null where it
 * was ended, and then with the last line that said anything.
 */
export function limitedRun(command, args, { env = {}, limitMs, onLine }) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const killAll = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // it has ended by itself
    }
  }
  // A group of its own hears nothing of ^C.
  const stop = (signal) => {
    killAll()
    process.exit(128 + { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }[signal])
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)

  let hung = false
  let last = ''
  let rest = ''
  const take = (line) => {
    if (line.trim() !== '') last = line.trim()
    onLine(line)
  }
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    lines.forEach(take)
  })

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      hung = true
      killAll()
    }, limitMs)
    child.on('error', reject)
    // Whoever left the group may hold the other end of the pipe open.
    child.on('exit', () => hung && child.stdout.destroy())
    child.on('close', (code) => {
      clearTimeout(timer)
      for (const signal of signals) process.off(signal, stop)
      if (rest !== '') take(rest)
      resolve({ code: hung ? null : code, hung, last })
    })
  })
}
