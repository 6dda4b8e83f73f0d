/** Prints what the machine could not offer and the summary, and ends with the exit code for it. */
export async function finish(tally) {
  if (Object.keys(tally.limitations).length > 0) {
    const { describeLimitations } = await import('../../dist/test/support/limitations.js')
    for (const text of describeLimitations(tally.limitations)) console.log(`\n${text}`)
  }
  tally.printSummary()
  process.exit(tally.isPassed ? 0 : 1)
}
