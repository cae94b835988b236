/** One check of `npm run verify`: a name and the command that fails when it does not hold. */
export interface Check {
  readonly name: string;
  /** What it holds, for the reader of a failure. */
  readonly holds: string;
  readonly command: readonly [program: string, ...args: string[]];
}

/** Runs before the others: they read what it writes. */
export const PREPARE: Check = {
  name: 'generate',
  holds: 'the database client can be generated from prisma/schema.prisma',
  command: ['turbo', 'run', 'generate', '--output-logs=errors-only'],
};

/** Longest first, so that two lanes end together. */
export const CHECKS: readonly Check[] = [
  {
    name: 'types',
    holds: 'every workspace compiles under the strict settings of packages/config/tsconfig.base.json',
    command: ['turbo', 'run', 'typecheck', '--continue', '--concurrency=2', '--output-logs=errors-only'],
  },
  {
    name: 'lint',
    holds: 'oxlint with type information (.oxlintrc.json) finds nothing',
    command: ['oxlint', '--type-aware', '--report-unused-disable-directives-severity=error'],
  },
  {
    name: 'dead-code',
    holds: 'every file, export and dependency is used (knip.json)',
    command: ['knip', '--no-progress', '--no-config-hints'],
  },
  {
    name: 'format',
    holds: '`npm run format` would change nothing',
    command: ['biome', 'check', '--linter-enabled=false', '--max-diagnostics=200'],
  },
  {
    name: 'boundaries',
    holds: 'imports follow packages/config/src/boundaries/table.ts',
    command: ['node', 'packages/config/src/boundaries/main.ts'],
  },
  {
    name: 'verbs',
    holds: 'each write verb in packages/services is one file, one defineVerb, one name',
    command: ['node', 'packages/config/src/verbs/main.ts'],
  },
  {
    name: 'agents',
    holds: 'each room has an AGENTS.md of at most 100 lines and every path and command in it exists',
    command: ['node', 'packages/config/src/agents/main.ts'],
  },
  {
    name: 'licences',
    holds: 'every production dependency has a licence that Apache-2.0 work may ship with',
    command: ['node', 'packages/config/src/licences/main.ts'],
  },
];
