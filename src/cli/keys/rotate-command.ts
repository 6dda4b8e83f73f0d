import { parseArgs } from 'node:util'
import type { Config } from '../../app/config.js'
import { rotateKeys, type RotationProgress } from '../../privacy/key-rotation.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { withFoundations } from '../with-core.js'

export const rotateKeysCommand: OperatorCommand = {
  usage: 'keys rotate [--json]',
  summary: 'wrap all keys with MASTER_KEY that MASTER_KEYS_ACCEPTED still wraps',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => rotate(config, values.json)
  },
}

const rotate = (config: Config, asJson: boolean): Promise<number> =>
  withFoundations(config, async ({ databases }) => {
    const { keys: pool, masterKey } = databases
    let progress: RotationProgress = { done: 0, left: 0 }
    for await (progress of rotateKeys({ pool, masterKey, acceptedKeys: config.masterKeysAccepted })) {
      if (asJson) print(JSON.stringify(progress))
      else if (progress.left > 0) printNotice(`${progress.done} keys wrapped, ${progress.left} left`)
    }
    if (!asJson) print(`Done: ${progress.done} keys wrapped with MASTER_KEY; no other master key wraps any`)
    return 0
  })
