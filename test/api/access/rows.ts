import type { Route } from '../../../src/api/route.js'
import type { BotPolicy } from '../../../src/requests/operation.js'
import type { Access } from '../../../src/identity/access.js'

/** One line of the table of access. */
export interface Row {
  /** By which `requests` has it. */
  name: string
  method: string
  access: Access
  bots: BotPolicy
  answers: readonly number[]
}

/** Each route, and beside it each of its parameters that only a role may give. */
export const rowsOf = ({ method, path, access, bots, requiresRole, answers }: Route): Row[] => {
  const row = { method: method.toUpperCase(), bots, answers: Object.keys(answers).map(Number) }
  const name = `${row.method} ${path}`
  const more = Object.entries(requiresRole).map(([parameter, role]) => ({
    ...row,
    name: `${name}?${parameter}`,
    access: role,
  }))
  return [{ ...row, name, access }, ...more]
}
