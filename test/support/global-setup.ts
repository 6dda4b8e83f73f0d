import { isRealEventStore } from './event-store.js'
import { countLimited, describeLimitations, takeLimitations } from './limitations.js'
import { leaveServices, startServices, useServices } from './services.js'

let services: Awaited<ReturnType<typeof startServices>> | undefined

/** For `npx mocha`; `npm test` starts the services once for its workers. */
export async function mochaGlobalSetup(): Promise<void> {
  // mocha by itself would pass over them
  process.on('unhandledRejection', (error) => {
    throw error
  })
  services = await startServices()
  useServices(services)
}

export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    const isOnEventStore = this.currentTest?.fullTitle().includes('EventStoreDB') === true
    if (isOnEventStore && !isRealEventStore()) countLimited('realEventStore')
  },
}

export async function mochaGlobalTeardown(): Promise<void> {
  for (const text of describeLimitations(takeLimitations())) console.log(`\n${text}`)
  await leaveServices()
  await services?.[Symbol.asyncDispose]()
}
