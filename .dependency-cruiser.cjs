/** Dependencies point one way: DESIGN in docs/architecture.md. Each rule names what a folder may reach; all else is forbidden. */
const mayOnlyReach = (name, reach) => ({
  name: `${name}-reaches-only-${reach.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...reach].map((folder) => `^src/${folder}/`) },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'domain-is-pure', severity: 'error', from: { path: '^src/domain/' }, to: { pathNot: '^src/domain/' } },
    mayOnlyReach('eventstore', []),
    mayOnlyReach('database', []),
    mayOnlyReach('content', []),
    mayOnlyReach('outbound', []),
    mayOnlyReach('privacy', ['domain', 'eventstore']),
    mayOnlyReach('limits', []),
    mayOnlyReach('security', ['domain', 'eventstore', 'privacy']),
    mayOnlyReach('commands', ['domain', 'eventstore', 'privacy', 'limits']),
    mayOnlyReach('projections', ['domain', 'eventstore', 'privacy', 'content']),
    mayOnlyReach('identity', ['domain', 'commands', 'limits']),
    mayOnlyReach('realtime', [
      'domain',
      'eventstore',
      'privacy',
      'projections',
      'commands',
      'identity',
      'limits',
      'security',
      'content',
    ]),
    mayOnlyReach('previews', ['domain', 'eventstore', 'privacy', 'commands', 'content', 'outbound']),
    mayOnlyReach('api', ['domain', 'commands', 'projections', 'identity', 'realtime', 'limits', 'security']),
    mayOnlyReach('import', ['domain', 'commands']),
    {
      name: 'only-the-roots-see-all',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|cli|app)[.]ts$' },
      to: { path: '^src/(main|cli|app)[.]ts$' },
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
