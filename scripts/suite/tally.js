/** Counts what passed and failed over all runs, and keeps the text of failures to show it again at the end. */
export function createTally(print = (text) => console.log(text)) {
  let passed = 0
  let failed = 0
  let pending = 0
  const failures = []
  const durations = []
  const limitations = {}

  return {
    /** One step that is not a test file, such as the checks: counts as one. */
    addStep(name, isPassed, text = '') {
      if (isPassed) passed++
      else {
        failed++
        failures.push(`${name}\n${text}`)
      }
    },
    /** The result of one test file. */
    addFile(result, label = '') {
      passed += result.passed
      failed += result.failed
      pending += result.pending
      for (const [name, tests] of Object.entries(result.limitations))
        limitations[name] = (limitations[name] ?? 0) + tests
      const name = `${result.file.replace(/^dist\//, '').replace(/\.js$/, '')}${label}`
      durations.push({ name, ms: result.ms })
      print(`\n== ${name} (${(result.ms / 1000).toFixed(1)} s)\n${result.lines.join('\n').trimEnd()}`)
      if (result.failed > 0) failures.push([name, ...failureLines(result.lines)].join('\n'))
    },
    /** What the machine could not offer, by how many tests missed it. */
    get limitations() {
      return limitations
    },
    get isPassed() {
      return failed === 0
    },
    /** The slowest files, the failures once more, and the counts on the last line. */
    printSummary() {
      const slowest = durations.sort((a, b) => b.ms - a.ms).slice(0, 10)
      if (slowest.length > 0) print('\n== slowest files')
      for (const { name, ms } of slowest) print(`${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`)
      if (failures.length > 0) print(['\n== what failed', ...failures].join('\n\n'))
      if (pending > 0) print(`\n${pending} skipped`)
      print(`\n${passed} passed, ${failed} failed`)
    },
  }
}

/** From mocha's list of failures on. */
function failureLines(lines) {
  const start = lines.findIndex((line) => /^\s+\d+ failing/.test(line))
  return start === -1 ? lines.slice(-20) : lines.slice(start)
}
