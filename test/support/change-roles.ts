import type { App } from '../../src/app/start-app.js'
import type { RolesChange } from '../../src/domain/roles/roles.js'

/** As the operator does it on the command line. */
export async function changeRoles({ core }: Pick<App, 'core'>, userId: string, change: RolesChange): Promise<string> {
  const result = await core.runAsSystem('changeRoles', { userId, change })
  if (result.kind === 'rejected') throw new Error(`roles: ${result.rejection.code}`)
  return result.position
}
