import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layTrees, readTree } from '../tree/read-tree.ts';
import { checkBoundaries } from './check.ts';

const CANARIES = join(import.meta.dirname, '../../canaries/boundaries');
const base = readTree(join(CANARIES, 'base'));

/** What each planted violation must be called, and where it must be found. A cause may break a second rule with it. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'app-imports-app': ['apps/worker/src/main.ts:1 → @parley/gateway/main: app-imports-app'],
  environment: ['apps/gateway/src/port.ts:1 → process.env.GATEWAY_PORT: environment'],
  'environment-destructured': ['apps/gateway/src/port.ts:1 → process.env: environment'],
  'environment-global': ['apps/gateway/src/port.ts:1 → process.env.GATEWAY_PORT: environment'],
  'environment-imported': ['apps/gateway/src/port.ts:1 → process.env: environment'],
  'export-star': ['packages/domain/src/all.ts:1 → export *: export-star'],
  'feature-imports-feature': [
    'apps/portal/src/features/keys/ui/page.tsx:1 → ../../usage/server/router.ts: feature-imports-feature',
  ],
  'folder-name': ['packages/domain/src/utils → utils: folder-name'],
  'import-cycle': [
    'packages/domain/src/limit.ts → packages/domain/src/price.ts → packages/domain/src/plan.ts → packages/domain/src/limit.ts: import-cycle',
  ],
  'missing-file': ['apps/worker/src/main.ts:1 → ./gone.ts: missing-file'],
  'never-reach': [
    'apps/gateway/src/main.ts → packages/jobs/src/queue.ts → next/server: never-reach',
    'packages/jobs/src/queue.ts:2 → next/server: placed-package',
  ],
  'never-reach-types': [
    'apps/gateway/src/main.ts → @prisma/client: never-reach',
    'apps/gateway/src/main.ts:1 → @prisma/client: placed-package',
  ],
  'no-packages': ['packages/kernel/src/id.ts:1 → zod: no-packages'],
  'package-face-deep': ['apps/worker/src/main.ts:1 → @parley/db/src/client: package-face'],
  'package-face-relative': ['apps/worker/src/main.ts:1 → ../../../packages/db/src/client.ts: package-face'],
  'placed-package': ['apps/portal/src/trpc/root.ts:1 → next-auth: placed-package'],
  'room-table': ['packages/domain/src/price.ts:1 → @parley/telemetry/logger: room-table'],
  'room-table-dynamic': ['packages/domain/src/price.ts:1 → @parley/telemetry/logger: room-table'],
  'room-table-reexport': ['packages/domain/src/price.ts:1 → @parley/telemetry/logger: room-table'],
  'room-table-type-position': ['packages/domain/src/price.ts:1 → @parley/telemetry/logger: room-table'],
  'route-is-a-shim': ['apps/portal/src/app/keys/page.tsx:1 → @parley/services/usage: route-is-a-shim'],
  'testkit-only-in-tests': ['apps/worker/src/main.ts:1 → @parley/testkit/tenant: testkit-only-in-tests'],
  'types-only': ['apps/portal/src/features/usage/server/router.ts:1 → @parley/db/client: types-only'],
};

function violationsOf(...folders: readonly string[]): readonly string[] {
  const trees = folders.map((folder) => readTree(join(CANARIES, folder)));
  return checkBoundaries(layTrees(base, ...trees))
    .map(({ from, to, rule }) => `${from} → ${to}: ${rule}`)
    .sort();
}

describe('boundaries', () => {
  it('finds nothing in a repository that keeps them', () => {
    expect(base.size).toBeGreaterThan(20);
    expect(violationsOf()).toEqual([]);
  });

  it('has an expectation for every canary', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(
      readdirSync(CANARIES)
        .filter((name) => name !== 'base')
        .sort(),
    );
  });

  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(`catches ${name}, and nothing else`, () => {
      expect(violationsOf(`${name}/bad`)).toEqual(expected);
    });
    if (!existsSync(join(CANARIES, name, 'clean'))) continue;
    it(`allows the neighbour of ${name}`, () => {
      expect(violationsOf(`${name}/clean`)).toEqual([]);
    });
  }

  it('says with each violation how to put it right', () => {
    const tree = layTrees(base, readTree(join(CANARIES, 'room-table/bad')));
    expect(checkBoundaries(tree).map(({ fix }) => fix)).toEqual([
      'domain may import only contracts, kernel: pass the value in, or move the code to a room that may.',
    ]);
  });
});
