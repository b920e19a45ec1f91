/**
 * Import arrows: core ← sources ← platform ← processes, and nothing against them. A process is a folder of services/
 * with a main.ts; processes meet in topics. Every fence says what to do instead.
 *
 * Reading TypeScript needs a compiler with an interface for tools: the package typescript below version 7.
 */

/** The libraries without effects that pure code may use; a new one needs a line in services/DEPENDENCIES.md. */
const PURE_PACKAGES = [
  'html-to-text',
  'i18n-iso-countries',
  'libphonenumber-js',
  'luxon',
  'uuid',
  'zod',
  // Types for one of the above have no code.
  '@types/(html-to-text|luxon)',
]
const PURE_LIBRARIES = [`^node_modules/(${PURE_PACKAGES.join('|')})/`, '^(node:)?(buffer|crypto)$']

/** The generated types: importable from anywhere. */
const SCHEMAS = '^schemas/types[.]ts$'
const PROCESS = '^services/(?!core/|sources/|platform/)([^/]+)/'

/**
 * Code that decides is pure by its folder, or by its name where it stands among code that acts. The list is the one by
 * which the linter denies clocks, timers and the environment.
 */
const pathOf = glob =>
  `^${glob
    .replace(/[.]/g, '[.]')
    .replace(/[*]{2}/g, '.+')
    .replace(/[{](.+?)[}]/g, (_, names) => `(${names.replaceAll(',', '|')})`)}$`
const DECIDING = require('./biome.json')
  .overrides.find(({ linter }) => linter.rules.style?.noRestrictedGlobals !== undefined)
  .includes.filter(glob => !/^services[/](core|sources)[/]/.test(glob))
  .map(pathOf)
/** How records are written is no decision, and has no effect either: the library of Avro is all that it needs. */
const AVRO = '^services/platform/avro/codec[.]ts$'

/** What needs OpenTelemetry's SDK. */
const TRACING = '^services/platform/tracing/(start-tracing|spans|conventions|traced-[^/]+)[.]ts$'

/** What nobody here imports: processes, sources, the scripts of package.json, the package's own interface. */
const SCRIPTS = Object.values(require('./package.json').scripts).flatMap(
  script => script.match(/[\w/-]+[.]ts\b/g) ?? [],
)
const ENTRY_POINTS = [
  '/main[.]ts$',
  // Started by `select-process.ts`.
  '^services/platform/duckdb/select-child[.]ts$',
  // What others import from the package, and what makes the package.
  '^services/consume/[^/]+[.]c?ts$',
  '^services/sources/[^/]+/source[.]ts$',
  // Loaded by a browser.
  '^(services/console|infra/pulsifi-sandbox)/page/[^/]+[.]js$',
  // Loaded before a process, by `--import`.
  '^test/chaos/(clock-skew|kill-points)[.]ts$',
  ...SCRIPTS.map(path => `^${path.replace('.ts', '[.]ts')}$`),
]

const only = (name, packages, users, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: '^services/', pathNot: users },
  to: { path: `^node_modules/(${packages})/` },
})

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      severity: 'error',
      comment:
        'core/ is types and pure functions: pass in what you need as an argument, or move the file to platform/. A library without effects may join PURE_PACKAGES in .dependency-cruiser.cjs.',
      from: { path: '^services/core/' },
      to: { pathNot: ['^services/core/', SCHEMAS, ...PURE_LIBRARIES] },
    },
    {
      name: 'sources-are-pure',
      severity: 'error',
      comment:
        'A source is data and pure functions: let ingress or the normalizer do the effect and hand its result to the source. A library without effects may join PURE_PACKAGES.',
      from: { path: '^services/sources/' },
      to: { pathNot: ['^services/(core|sources)/', SCHEMAS, ...PURE_LIBRARIES] },
    },
    {
      name: 'no-source-to-source',
      severity: 'error',
      comment: 'Sources do not know each other: move what they share up into sources/ or core/.',
      from: { path: '^services/sources/([^/]+)/' },
      to: { path: '^services/sources/[^/]+/', pathNot: '^services/sources/$1/' },
    },
    {
      name: 'nobody-names-a-source',
      severity: 'error',
      comment:
        'Sources are found by reading their folder: ask discoverSources(). A static import would make adding one a change in two places.',
      from: { pathNot: ['^services/sources/[^/]+/', '^test/unit/sources/'] },
      to: { path: '^services/sources/[^/]+/' },
    },
    {
      name: 'platform-knows-no-process',
      severity: 'error',
      comment: 'platform/ is a library: take what differs between processes as an argument.',
      from: { path: '^services/platform/' },
      to: { path: PROCESS },
    },
    {
      name: 'no-process-to-process',
      severity: 'error',
      comment: 'Processes meet in topics: publish a record, or move what both need to core/ or platform/.',
      from: { path: PROCESS },
      to: { path: PROCESS, pathNot: '^services/$1/' },
    },
    {
      name: 'services-stand-alone',
      severity: 'error',
      comment: 'A process runs without infra/ and test/: move what it needs into services/.',
      from: { path: '^services/' },
      to: { path: '^(infra|test)/' },
    },
    {
      name: 'schemas-stand-alone',
      severity: 'error',
      comment: 'Schemas come first: what others import of them needs nothing of the project but topic names.',
      from: { path: '^schemas/', pathNot: '^schemas/generate-[^/]+[.]ts$' },
      to: { path: '^(services|infra|test)/', pathNot: '^services/core/topics[.]ts$' },
    },
    {
      name: 'no-test-outside-tests',
      severity: 'error',
      comment: 'What infra/ and schemas/ need to run does not live in test/.',
      from: { path: '^(infra|schemas)/' },
      to: { path: '^test/' },
    },
    {
      name: 'sandbox-knows-no-client',
      severity: 'error',
      comment:
        "The sandbox is written from Pulsifi's documents: sharing code with the client, it would share its mistakes. Write the shape again.",
      from: { path: '^infra/pulsifi-sandbox/' },
      to: { path: '^services/(?!platform/(?!pulsifi/))' },
    },
    only(
      'only-platform-touches-kafka',
      'kafkajs|@kafkajs|avsc',
      // The exported consumer has its types in its interface.
      '^services/(platform|consume)/',
      'One place owns delivery and encoding: use platform/kafka/client.ts, producer.ts, avro-codec.ts, or add there what is missing.',
    ),
    {
      name: 'kafkajs-is-loaded-once',
      severity: 'error',
      comment:
        'kafkajs stands still on compacted topics unless it is repaired while it loads: import it from services/platform/kafkajs/kafkajs.ts, or take types only.',
      from: { pathNot: '^services/platform/kafkajs/exchange[.]ts$' },
      to: { path: '^node_modules/kafkajs/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'only-platform-touches-lmdb',
      'lmdb',
      '^services/platform/',
      'State is a cache of topics with one owner: use the State of platform/partitions/processor.ts or whole-table.ts.',
    ),
    only(
      'only-the-client-touches-undici',
      'undici',
      '^services/(platform/pulsifi/(http-call|pulsifi-client)|normalizer/files/fetch-file)[.]ts$',
      'Whether a request was written decides whether it may be repeated: call Pulsifi through pulsifi-client.ts.',
    ),
    only(
      'only-servers-touch-koa',
      'koa|@koa|@types/koa[^/]*',
      '^services/(platform|ingress|console)/',
      'HTTP is served by ingress, the console and platform/process/http-server.ts: register a route there.',
    ),
    only(
      'only-platform-logs-and-counts',
      'pino|prom-client',
      '^services/platform/',
      'Every log line and metric has a name in platform/process/log-events.ts or metrics.ts, so that no personal data slips in: add it there.',
    ),
    only(
      'only-traces-touch-opentelemetry',
      '@opentelemetry',
      '^services/platform/tracing/',
      'Where traces are off nothing of OpenTelemetry is loaded: what a process has to say goes through platform/tracing/telemetry.ts.',
    ),
    {
      name: 'traces-are-loaded-when-they-are-on',
      severity: 'error',
      comment:
        'Where traces are off nothing of the SDK is loaded: take the types of platform/tracing/tracing.ts, and what telemetry.ts opens.',
      from: { path: '^services/', pathNot: TRACING },
      to: {
        path: [TRACING, '^node_modules/@opentelemetry/'],
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    only(
      'services-need-no-containers',
      'testcontainers',
      '^$',
      'Starting infrastructure is the task of infra/local/.',
    ),
    {
      name: 'decisions-are-pure',
      severity: 'error',
      comment:
        'This file decides; it may use core/, other deciding files, and the types of everything else. Return a value and let the shell beside it act, or move the file to a room that acts.',
      from: { path: DECIDING },
      to: {
        pathNot: [
          ...DECIDING,
          '^services/core/',
          '^services/sources/source[.]ts$',
          SCHEMAS,
          '^schemas/subjects[.]ts$',
          AVRO,
          ...PURE_LIBRARIES,
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      comment:
        'The image has no development dependencies: move the package to dependencies, or do without. What runs broker and registry in containers runs in none.',
      from: { path: '^(services|infra|schemas)/', pathNot: '^infra/local/containers[.]ts$' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'resolves',
      severity: 'error',
      comment: 'The import leads nowhere: correct the path, or add the package to package.json.',
      from: {},
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two modules that need each other are one, or a third is hidden between them: merge or extract.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody imports this file and it is no entry point: delete it.',
      from: {
        orphan: true,
        pathNot: [...ENTRY_POINTS, '[.]test[.]ts$', '^test/reporters/'],
      },
      to: {},
    },
    {
      name: 'no-unused-module',
      severity: 'error',
      comment: 'No entry point leads to this file (a test is none): use it, or delete it with its test.',
      from: { path: ENTRY_POINTS },
      to: { path: '^services/', pathNot: ENTRY_POINTS, reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
