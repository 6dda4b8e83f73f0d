/** What was acquired, to be released in reverse order. */
export interface Releases extends AsyncDisposable {
  add<Part extends AsyncDisposable>(part: Part): Part
  onRelease(release: () => void | PromiseLike<void>): void
}

/** Every release is tried; the first failure is thrown at the end. */
export function createReleases(): Releases {
  const releases: (() => void | PromiseLike<void>)[] = []
  return {
    add(part) {
      releases.push(() => part[Symbol.asyncDispose]())
      return part
    },
    onRelease(release) {
      releases.push(release)
    },
    async [Symbol.asyncDispose]() {
      const failures: unknown[] = []
      for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
        try {
          await release()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
