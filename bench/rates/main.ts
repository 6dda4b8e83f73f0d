import { rates, type Rates } from './rates.js'

/** `node bench/rates/main.js NAME JSON`: measures one rate in this process, and writes it as JSON. */
const [name = '', args = 'null'] = process.argv.slice(2)
const measure = rates[name as keyof Rates] as (given: never) => Promise<unknown>
process.stdout.write(`${JSON.stringify(await measure(JSON.parse(args) as never))}\n`)
