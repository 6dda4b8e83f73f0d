/** Does the work in so many lines at once until the time is over; gives how often it was done, a second. */
export async function atOnce(
  lines: number,
  seconds: number,
  work: (line: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now()
  const until = began + seconds * 1000
  let done = 0
  const repeat = async (_: unknown, line: number): Promise<void> => {
    while (performance.now() < until) {
      await work(line)
      done++
    }
  }
  await Promise.all(Array.from({ length: lines }, repeat))
  return (done * 1000) / (performance.now() - began)
}
