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
      to: {
        path: '^src/(regions|offices|elections|classification|reports|questions|inbox|incident-types|clients|break-glass|personal-data|me|operations|events|worker)/',
      },
    },
    {
      name: 'database-knows-no-feature',
      severity: 'error',
      from: { path: '^src/database/' },
      to: {
        path: '^src/(regions|offices|elections|classification|reports|questions|inbox|incident-types|clients|break-glass|personal-data|me|operations|reference|http|audit|events|worker)/',
      },
    },
    {
      name: 'audit-and-events-know-no-feature',
      comment: 'features write them; they read no feature',
      severity: 'error',
      from: { path: '^src/(audit|events)/' },
      to: {
        path: '^src/(regions|offices|elections|classification|reports|questions|inbox|incident-types|clients|break-glass|personal-data|me|operations|worker)/',
      },
    },
    {
      name: 'audit-knows-no-events',
      comment: 'the sequencer chains the audit, and not the other way round',
      severity: 'error',
      from: { path: '^src/audit/' },
      to: { path: '^src/events/' },
    },
    {
      name: 'nobody-calls-the-worker',
      comment: 'a feature may offer a job, and knows no more of the worker than its form',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(bin|worker)/' },
      to: { path: '^src/worker/', pathNot: '^src/worker/job\\.ts$' },
    },
    {
      name: 'the-queue-stays-in-the-worker',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/' },
      to: { path: 'node_modules/graphile-worker' },
    },
    {
      name: 'the-import-is-a-client',
      comment: 'it has the rights of its token and no others',
      severity: 'error',
      from: { path: '^src/import/' },
      to: { path: ['^src/(database|http|audit|events|idempotency|worker)/', 'node_modules/(pg|drizzle-orm|fastify)'] },
    },
    {
      name: 'nobody-calls-the-import',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(bin|import)/' },
      to: { path: '^src/import/' },
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
    after('reports', ['questions', 'inbox']),
    after('questions', ['inbox']),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
