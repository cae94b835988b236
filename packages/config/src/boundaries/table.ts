/**
 * Who may import whom. This file is the rule; `AGENTS.md` and CONTRIBUTING describe it. Widening a row is a decision about
 * the architecture: say why beside it.
 */
export interface Room {
  readonly folder: string;
  /** Rooms whose subpaths this room may import. */
  readonly mayImport: readonly string[];
  /** Rooms from which only types may come (`import type`). */
  readonly typesOnly?: readonly string[];
  /** Rooms of which only subpaths starting with one of these words may be imported. */
  readonly onlySubpaths?: Readonly<Record<string, readonly string[]>>;
  /** Rooms and packages that must not be reached at all, not even through others. */
  readonly neverReach?: readonly string[];
  /** True where nothing but Node's own modules may be imported. */
  readonly noPackages?: boolean;
}

export const ROOMS: Readonly<Record<string, Room>> = {
  kernel: { folder: 'packages/kernel', mayImport: [], noPackages: true },
  contracts: { folder: 'packages/contracts', mayImport: ['kernel'] },
  env: { folder: 'packages/env', mayImport: ['kernel'] },
  telemetry: { folder: 'packages/telemetry', mayImport: ['kernel'] },
  domain: { folder: 'packages/domain', mayImport: ['contracts', 'kernel'] },
  llm: { folder: 'packages/llm', mayImport: ['contracts', 'kernel'] },
  guard: { folder: 'packages/guard', mayImport: ['contracts', 'kernel'] },
  'party-token': { folder: 'packages/party-token', mayImport: ['contracts', 'kernel'] },
  retrieval: { folder: 'packages/retrieval', mayImport: ['llm'] },
  context: { folder: 'packages/context', mayImport: ['llm', 'contracts', 'kernel', 'telemetry'] },
  db: { folder: 'packages/db', mayImport: ['contracts', 'kernel', 'env', 'telemetry'] },
  jobs: { folder: 'packages/jobs', mayImport: ['contracts', 'kernel', 'telemetry'] },
  services: {
    folder: 'packages/services',
    mayImport: [
      'db',
      'domain',
      'llm',
      'party-token',
      'context',
      'retrieval',
      'guard',
      'jobs',
      'contracts',
      'kernel',
      'telemetry',
    ],
  },
  ui: { folder: 'packages/ui', mayImport: ['kernel'] },
  sdk: { folder: 'packages/sdk', mayImport: ['contracts', 'kernel'] },
  // env: the CLI's own fragment (server address and token), parsed as strictly as a service's.
  cli: { folder: 'packages/cli', mayImport: ['contracts', 'kernel', 'sdk', 'env'], onlySubpaths: { env: ['cli'] } },
  testkit: {
    folder: 'packages/testkit',
    mayImport: ['kernel', 'contracts', 'db', 'env', 'services', 'domain', 'llm'],
  },
  config: { folder: 'packages/config', mayImport: [] },
  gateway: {
    folder: 'apps/gateway',
    mayImport: ['domain', 'llm', 'guard', 'party-token', 'context', 'contracts', 'kernel', 'telemetry', 'env', 'jobs'],
    neverReach: ['db', 'services', 'ui', 'next', 'next-auth', '@prisma', 'react', 'react-dom'],
  },
  portal: {
    folder: 'apps/portal',
    mayImport: ['services', 'jobs', 'domain', 'llm', 'contracts', 'kernel', 'telemetry', 'env', 'ui'],
    typesOnly: ['db'],
  },
  worker: {
    folder: 'apps/worker',
    mayImport: [
      'services',
      'db',
      'jobs',
      'domain',
      'llm',
      'context',
      'guard',
      'contracts',
      'kernel',
      'telemetry',
      'env',
    ],
  },
  infra: {
    folder: 'infra',
    mayImport: ['testkit', 'env', 'db', 'kernel', 'contracts', 'cli', 'domain', 'services'],
  },
  e2e: { folder: 'e2e', mayImport: ['testkit', 'kernel', 'contracts'] },
};

/** What tests and benches may import beyond their room's row. */
export const TESTS_MAY_IMPORT: readonly string[] = ['testkit', 'kernel', 'contracts', 'env'];

/** Files that count as tests: their imports reach no product. */
const TEST_FILE = /\.(?:test|bench|suite|e2e)\.[cm]?tsx?$|\/(?:bench|test|tests)\/|^e2e\//;
export const isTestFile = (path: string): boolean => TEST_FILE.test(path);

/** Rooms that may import `testkit` in any file. */
export const TESTKIT_ROOMS: readonly string[] = ['infra', 'e2e', 'testkit'];

/** Packages that belong to one place. `in` lists path prefixes. */
export const PLACED_PACKAGES: readonly {
  readonly name: string;
  readonly in: readonly string[];
  readonly fix: string;
}[] = [
  {
    name: 'next-auth',
    in: ['apps/portal/src/auth/'],
    fix: 'Import what you need from apps/portal/src/auth; only that folder knows next-auth.',
  },
  {
    name: '@prisma',
    in: ['packages/db/', 'prisma.config.ts', 'infra/'],
    fix: 'Use @parley/db/client or a repository; only packages/db knows Prisma.',
  },
  {
    name: 'stripe',
    in: ['packages/services/src/stripe/', 'packages/services/src/payments/', 'packages/testkit/src/stripe-simulator/'],
    fix: 'Use what packages/services/src/stripe offers; only it talks to Stripe.',
  },
  { name: 'next', in: ['apps/portal/'], fix: 'Only the portal knows Next.js; pass in what you need.' },
];

/** Where `process.env` may be read beside packages/env, and why. `keys` narrows it to those names. */
export const ENV_READERS: readonly {
  readonly match: RegExp;
  readonly keys?: readonly string[];
  readonly why: string;
}[] = [
  { match: /^packages\/env\//, why: 'parses the environment' },
  { match: /^infra\//, why: 'prepares the environment of other processes' },
  { match: /^packages\/db\/(?:tools\/|src\/generate\.ts$)/, why: 'tools that run before the product does' },
  { match: /\.config\.[cm]?[jt]s$/, why: 'read by a tool before any of our code runs' },
  { match: /^packages\/config\/src\//, why: 'prepares the environment of the checks it starts' },
  {
    match: /^apps\/portal\/src\/auth\/handler\.ts$/,
    keys: ['NEXTAUTH_URL'],
    why: 'next-auth takes its address from nowhere else; it is set from the parsed environment',
  },
  {
    match: /^apps\/portal\//,
    keys: ['NODE_ENV', 'NEXT_RUNTIME'],
    why: 'constants that Next.js replaces by text when it builds',
  },
];

/** Folder names that say nothing about what lives inside. */
export const EMPTY_NAMES: ReadonlySet<string> = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'lib',
]);

/** Where a route file of the portal may take its content from. */
export const ROUTE_FILES = 'apps/portal/src/app/';
export const ROUTE_SOURCES: readonly string[] = [
  'apps/portal/src/features/',
  'apps/portal/src/trpc/',
  'apps/portal/src/auth/',
  'apps/portal/src/server/',
  'apps/portal/src/app/',
];
export const FEATURES = 'apps/portal/src/features/';

/** The room a path lies in, or undefined for files at the root. */
export function roomOf(path: string): string | undefined {
  for (const [name, room] of Object.entries(ROOMS)) if (path.startsWith(`${room.folder}/`)) return name;
  return undefined;
}
