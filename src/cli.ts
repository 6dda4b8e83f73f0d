import './cli/small-heap.js'
import './app/compile-cache.js'
import { runCommandLine } from './cli/run-command-line.js'

process.exitCode = await runCommandLine(process.argv.slice(2), process.env)
