import { parseArgs } from 'node:util'
import { startEventStoreServer } from './start-eventstore-server.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    fsync: { type: 'boolean', default: false },
    'not-ready-ms': { type: 'string', default: '0' },
  },
})

const server = await startEventStoreServer({
  port: Number(values.port),
  ...(values.data === undefined ? {} : { dataFolder: values.data }),
  fsync: values.fsync,
  notReadyMs: Number(values['not-ready-ms']),
})
console.log(`listening ${server.port}`)
