/** Starts what the test processes share, and stops it in the end. `work` gets the environment by which they find it. */
export async function withServices(work) {
  const { startServices } = await import('../../dist/test/support/services.js')
  const services = await startServices()
  try {
    return await work({ PARLEY_TEST_SERVICES: JSON.stringify(services) })
  } finally {
    await services[Symbol.asyncDispose]()
  }
}
