import { expect } from 'chai'
import { startTestApp, type TestApp } from '../support/test-app.js'

const get = async (url: string, authorization?: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(url, { headers: authorization === undefined ? {} : { authorization } })
  return { status: response.status, text: await response.text() }
}

const metricsUrlOf = ({ app }: TestApp): string => {
  if (app.metricsUrl === null) throw new Error('no port for metrics')
  return app.metricsUrl
}

describe('METRICS_PORT', () => {
  it('serves metrics and the components of readiness there, and not on the port of the API', async () => {
    await using parley = await startTestApp({ metricsPort: 0 })
    const url = metricsUrlOf(parley)

    expect((await get(`${url}/metrics`)).text).to.include('messages_sent_total')
    expect(JSON.parse((await get(`${url}/readyz`)).text)).to.have.all.keys('status', 'components')
    expect((await get(`${url}/healthz`)).status).to.equal(200)
    expect((await get(`${url}/users/me`)).status).to.equal(404)

    expect((await parley.call('GET', '/metrics')).body).to.include({ status: 404, code: 'not-found' })
    expect((await parley.call('GET', '/readyz')).body).to.have.all.keys('status')
  })

  it('requires METRICS_TOKEN there, where it is set', async () => {
    await using parley = await startTestApp({ metricsPort: 0, metricsToken: 'of-the-scraper-alone' })
    const url = metricsUrlOf(parley)

    for (const path of ['/metrics', '/readyz']) {
      expect((await get(url + path)).status, path).to.equal(401)
      expect((await get(url + path, 'Bearer of-somebody-else')).status, path).to.equal(401)
      expect((await get(url + path, 'Bearer of-the-scraper-alone')).status, path).to.equal(200)
    }
    expect((await parley.call('GET', '/readyz')).body).to.have.all.keys('status')
  })
})
