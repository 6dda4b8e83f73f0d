import { expect } from 'chai'
import { mustBeConfirmed } from '../../src/cli/user-roles.js'
import { setPasswordLink } from '../../src/cli/set-password-link.js'
import { createUserCreate } from '../../src/cli/user-create.js'
import { parseConfig } from '../../src/app/config.js'
import { startChild } from '../support/child.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

describe('roles, changed by the operator beside a running server', function () {
  this.timeout(240_000)
  let parley: TestApp

  beforeEach(async () => {
    parley = await startTestApp()
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  async function user(...args: string[]): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', ['user', ...args], parley.environment)
    const code = await child.exited
    return { code, output: child.output }
  }

  const rolesOf = async (person: TestUser): Promise<string[]> =>
    (await parley.app.core.accountStatuses.of(person.id)).roles as string[]

  it('prints the user and the roles after the change', async () => {
    const ada = await parley.register('Ada')
    const { code, output } = await user('grant', ada.email.toUpperCase(), 'admin')
    expect(output).to.match(
      new RegExp(`Ada <${ada.email.toLowerCase()}>, ${ada.id}: address not verified, registered .*, no roles`),
    )
    expect(output).to.include('Done; roles: admin')
    expect(code).to.equal(0)
    expect(await rolesOf(ada)).to.deep.equal(['admin'])
    expect((await user('grant', ada.email, 'admin')).output).to.include('It is so already; roles: admin')
  })

  it('refuses to remove the last admin', async () => {
    const ada = await parley.withRoles('Ada', 'admin')
    const refused = await user('revoke', ada.email, 'admin')
    expect(refused.output).to.include('Nobody else is admin')
    expect(refused.code).to.equal(1)
    const bob = await parley.withRoles('Bob', 'admin', 'auditor')
    expect((await user('revoke', bob.email, 'admin')).output).to.include('Done; roles: auditor')
    expect(await rolesOf(bob)).to.deep.equal(['auditor'])
    expect(await rolesOf(ada)).to.deep.equal(['admin'])
  })

  it('refuses an unknown user, role or verb in one line', async () => {
    const { email } = await parley.register('Ada')
    for (const args of [
      ['grant', 'nobody@example.com', 'admin'],
      ['grant', email, 'owner'],
      ['grant', email],
      ['promote'],
    ]) {
      const { code, output } = await user(...args)
      expect(code, output).to.equal(args.includes('nobody@example.com') ? 1 : 2)
      expect(output.trim().split('\n'), output).to.have.length(1)
    }
  })

  it('creates an account with a link instead of a password, once for each address', async () => {
    const config = parseConfig(parley.environment, () => '')
    const printed: string[] = []
    const command = createUserCreate(setPasswordLink, (line) => printed.push(line))
    const create = (args: string[]): Promise<number> => command.parse(args)(config)
    expect(await create(['--admin', '--name', 'Root', 'root@example.com'])).to.equal(0)
    const [link = ''] = printed
    expect(link).to.match(/^http:\/\/localhost:\d+\/reset-password#token=/)
    const email = 'root@example.com'
    const login: Answer = await parley.call('POST', '/auth/login', { body: { email, password: 'guess' } })
    expect(login.status).to.equal(401)
    const password = 'chosen by themselves'
    const body = { token: link.slice(link.indexOf('=') + 1), newPassword: password }
    expect((await parley.call('POST', '/auth/password-reset/confirm', { body })).status).to.equal(204)
    const chosen = await parley.call('POST', '/auth/login', { body: { email, password } })
    expect(chosen.body).to.have.nested.property('user.roles').that.deep.equals(['admin'])
    const again = await create(['root@example.com']).catch((error: unknown) => (error as Error).message)
    expect(again).to.include('parley user grant root@example.com ROLE')
    expect(() => create(['--name', 'Ro\u202eot', 'other@example.com'])).to.throw('--name takes')
    expect(printed).to.have.length(1)
  })
})

describe('whether a role must be confirmed', () => {
  it('must in production, where the address is not verified', () => {
    expect(mustBeConfirmed({ isVerified: false }, { production: true })).to.equal(true)
    expect(mustBeConfirmed({ isVerified: true }, { production: true })).to.equal(false)
    expect(mustBeConfirmed({ isVerified: false }, { production: false })).to.equal(false)
  })
})
