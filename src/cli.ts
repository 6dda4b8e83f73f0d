import './cli/small-heap.js'
import './app/compile-cache.js'

// Loaded only now: what is imported above would be too late for loading, which by itself fills a heap that may grow.
const { runCommandLine } = await import('./cli/run-command-line.js')

process.exitCode = await runCommandLine(process.argv.slice(2), process.env)
