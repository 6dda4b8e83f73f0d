/** Dependencies point one way: see "Folders" in docs/architecture.md. Each rule names what a folder may reach; all else is forbidden. */
const mayOnlyReach = (name, reach) => ({
  name: `${name.replace('/', '-')}-reaches-only-${reach.map((folder) => folder.replace('/', '-')).join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...reach].map((folder) => `^src/${folder}/`) },
})

const pure = ['domain', 'eventstore', 'privacy', 'async', 'postgres']

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'domain-is-pure', severity: 'error', from: { path: '^src/domain/' }, to: { pathNot: '^src/domain/' } },
    mayOnlyReach('async', []),
    mayOnlyReach('content', []),
    mayOnlyReach('outbound', []),
    mayOnlyReach('postgres', ['async']),
    mayOnlyReach('eventstore', ['async', 'postgres']),
    mayOnlyReach('limits', ['domain', 'async']),
    mayOnlyReach('privacy', ['domain', 'eventstore', 'async', 'postgres']),
    mayOnlyReach('followers', ['eventstore', 'async', 'postgres']),
    mayOnlyReach('security', pure),
    mayOnlyReach('commands/pipeline', pure),
    mayOnlyReach('commands', [...pure, 'limits']),
    mayOnlyReach('projections/engine', [...pure, 'followers']),
    mayOnlyReach('projections', [...pure, 'followers', 'content']),
    mayOnlyReach('identity', ['domain', 'commands', 'limits', 'async', 'postgres']),
    mayOnlyReach('realtime', [
      ...pure,
      'followers',
      'projections',
      'commands',
      'identity',
      'limits',
      'security',
      'content',
    ]),
    mayOnlyReach('previews', [...pure, 'followers', 'commands', 'content', 'outbound']),
    mayOnlyReach('webhooks', [...pure, 'followers', 'commands', 'projections', 'outbound', 'realtime', 'content']),
    mayOnlyReach('import', ['domain', 'commands', 'async']),
    mayOnlyReach('api', [
      'domain',
      'async',
      'followers',
      'commands',
      'projections',
      'identity',
      'realtime',
      'limits',
      'security',
      'outbound',
      'webhooks',
    ]),
    {
      name: 'only-the-roots-see-all',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/((main|cli)[.]ts$|app/|cli/)' },
      to: { path: '^src/((main|cli)[.]ts$|app/|cli/)' },
    },
    {
      name: 'app-never-reaches-the-cli',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { path: '^src/(cli/|(main|cli)[.]ts$)' },
    },
    {
      name: 'nothing-unused',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main|cli)[.]ts$' },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
}
