const after = (folder, later) => ({
  name: `${folder}-knows-nothing-downstream`,
  comment: 'regions, offices, elections -> classification -> reports: upstream never calls downstream',
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${later.join('|')})/` },
})

/** The walls of the house: who may import whom. */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-tools-in-the-service',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'environment-stays-at-the-top',
      comment: 'config.ts is parsed once, by what one can run',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bin/' },
      to: { path: '^src/config\\.ts$' },
    },
    {
      name: 'bin-is-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bin/' },
      to: { path: '^src/bin/' },
    },
    {
      name: 'http-knows-no-feature',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/(regions|offices|elections|classification|reports|incident-types|clients|me|operations)/' },
    },
    {
      name: 'database-knows-no-feature',
      severity: 'error',
      from: { path: '^src/database/' },
      to: {
        path: '^src/(regions|offices|elections|classification|reports|incident-types|clients|me|operations|reference|http)/',
      },
    },
    {
      name: 'rules-see-no-database-and-no-request',
      comment: 'classification is pure: a rule takes values and returns values',
      severity: 'error',
      from: { path: '^src/classification/(classify|classify-place|local-date)\\.ts$' },
      to: { path: ['^src/(database|http|access)/', 'node_modules/(pg|drizzle-orm|fastify)'] },
    },
    after('regions', ['offices', 'elections', 'classification', 'reports']),
    after('offices', ['elections', 'classification', 'reports']),
    after('elections', ['classification', 'reports']),
    after('classification', ['reports']),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
