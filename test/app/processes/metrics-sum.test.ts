import { expect } from 'chai'
import { createMetrics } from '../../../src/app/metrics.js'
import { createMetricsSum } from '../../../src/app/processes/metrics-sum.js'

/** A process that sent some messages, has some sockets, and lags by some events. */
async function measure(sent: number, sockets: number, lag: number) {
  const { registry, messagesSent, messageSeconds, connections, measured } = createMetrics()
  messagesSent.inc(sent)
  messageSeconds.observe(0.02)
  connections.set(sockets)
  measured.projectionLagEvents.set({ projection: 'conversations' }, lag)
  measured.projectionLagSeconds.set({ projection: 'conversations' }, lag / 10)
  return registry.getMetricsAsJSON()
}

const lines = async (sum: ReturnType<typeof createMetricsSum>): Promise<string[]> =>
  (await sum.read()).text
    .split('\n')
    .filter((line) => /^(messages_sent|message_pro.*_count|active|projection)/.test(line))

describe('the metrics of several processes', () => {
  it('are the sums of what was counted, and the greatest lag', async () => {
    const sum = createMetricsSum()
    sum.update(1, await measure(3, 10, 7))
    sum.update(2, await measure(4, 5, 2))
    expect(await lines(sum)).to.have.members([
      'messages_sent_total 7',
      'message_processing_duration_seconds_count 2',
      'active_websocket_connections 15',
      'projection_lag_events{projection="conversations"} 7',
      'projection_lag_seconds{projection="conversations"} 0.7',
    ])
  })

  it('keep what processes counted that have ended, and nothing else of them', async () => {
    const sum = createMetricsSum()
    sum.update(2, await measure(4, 5, 2))
    for (let restart = 0; restart < 3; restart++) {
      sum.update(1, await measure(3, 10, 7))
      sum.ended(1)
    }
    expect(await lines(sum)).to.have.members([
      'messages_sent_total 13',
      'message_processing_duration_seconds_count 4',
      'active_websocket_connections 5',
      'projection_lag_events{projection="conversations"} 2',
      'projection_lag_seconds{projection="conversations"} 0.2',
    ])
  })
})
