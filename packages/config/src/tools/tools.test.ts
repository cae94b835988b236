import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY, stage } from './stage.ts';

/** The tools of `npm run verify`, with the repository's own settings, over planted faults and their clean twins. */
const plantedIn = (folder: string): readonly string[] =>
  readdirSync(join(REPOSITORY, 'packages/config/canaries', folder))
    .filter((name) => /\.tsx?$/.test(name))
    .sort();

describe('lint', () => {
  const lint = async (half: 'bad' | 'clean') => {
    using canary = stage('lint');
    canary.bring('.oxlintrc.json');
    canary.bring('packages/config/tsconfig.base.json');
    canary.bring('packages/config/tsconfig.react.json');
    await canary.link('node_modules', join(REPOSITORY, 'node_modules'));
    return await canary.run('oxlint', '--type-aware', '--format=unix', half);
  };

  it('finds in each planted file the rule that names it', async () => {
    const { ok, output } = await lint('bad');
    expect(ok).toBe(false);
    const found = output.split('\n').flatMap((line) => {
      const [, file, rule] = /^bad\/(\S+?):\d+.*\[Error\/(.+)\]$/.exec(line) ?? [];
      return file === undefined || rule === undefined ? [] : [`${file} ${rule}`];
    });
    const expected = plantedIn('lint/bad').map((file) => {
      const [plugin, rule] = file.replace(/\.tsx?$/, '').split('__');
      return `${file} ${plugin}(${rule})`;
    });
    expect(found.sort(), output).toEqual(expected);
  });

  it('finds nothing in their clean twins', async () => {
    expect(plantedIn('lint/clean')).toEqual(plantedIn('lint/bad'));
    const { ok, output } = await lint('clean');
    expect(output).not.toContain('[Error');
    expect(ok).toBe(true);
  });
});

describe('types', () => {
  const compile = async (half: 'bad' | 'clean') => {
    using canary = stage('types');
    canary.bring('packages/config/tsconfig.base.json');
    await canary.link('node_modules', join(REPOSITORY, 'node_modules'));
    return await canary.run('tsc', '--noEmit', '-p', half);
  };

  it('finds in each planted file the error that names it', async () => {
    const { ok, output } = await compile('bad');
    expect(ok).toBe(false);
    const found = [...output.matchAll(/^bad\/(\S+?)\(\d+,\d+\): error (TS\d+)/gm)].map(
      ([, file, code]) => `${file} ${code}`,
    );
    const expected = plantedIn('types/bad').map((file) => `${file} ${/__(TS\d+)\.ts$/.exec(file)?.[1]}`);
    expect(found.sort()).toEqual(expected);
  });

  it('finds nothing in their clean twins', async () => {
    expect(plantedIn('types/clean')).toEqual(plantedIn('types/bad'));
    const { ok, output } = await compile('clean');
    expect(output).toBe('');
    expect(ok).toBe(true);
  });
});

describe('format', () => {
  const check = async (half: 'bad' | 'clean') => {
    using canary = stage('format');
    canary.bring('biome.json');
    canary.bring('.gitignore');
    return await canary.run('biome', 'check', '--linter-enabled=false', half);
  };

  it('finds wrong spacing and unsorted imports', async () => {
    const { ok, output } = await check('bad');
    expect(ok).toBe(false);
    expect(output).toMatch(/widths\.ts format/);
    expect(output).toMatch(/imports\.ts:1:1 assist\/source\/organizeImports/);
  });

  it('finds nothing in their clean twins', async () => {
    const { ok, output } = await check('clean');
    expect(output).toContain('Checked 2 files');
    expect(ok).toBe(true);
  });
});

describe('dead code', () => {
  const look = async (half: 'bad' | 'clean') => {
    using canary = stage(`dead-code/${half}`);
    canary.bring('knip.json');
    for (const [name, folder] of [
      ['kernel', 'packages/kernel'],
      ['worker', 'apps/worker'],
    ] as const) {
      await canary.link(`node_modules/@parley/${name}`, join(canary.folder, folder));
    }
    return await canary.run('knip', '--no-progress', '--no-config-hints', '--reporter=json');
  };

  it('finds the unused file, export and dependency, and the undeclared one', async () => {
    const { ok, output } = await look('bad');
    expect(ok).toBe(false);
    const report: { issues: ({ file: string } & Record<string, { name: string }[]>)[] } = JSON.parse(output);
    const found = report.issues.flatMap(({ file, ...kinds }) =>
      Object.entries(kinds).flatMap(([kind, list]) => list.map(({ name }) => `${kind} ${file} ${name}`)),
    );
    expect(found.sort()).toEqual([
      'dependencies apps/worker/package.json zod',
      'exports packages/kernel/src/id.ts oldId',
      'files apps/worker/src/forgotten.ts apps/worker/src/forgotten.ts',
      'unlisted apps/worker/src/main.ts pino',
    ]);
  });

  it('finds nothing in the clean twin', async () => {
    const { ok, output } = await look('clean');
    expect(JSON.parse(output)).toEqual({ issues: [] });
    expect(ok).toBe(true);
  });
});
