import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './options.ts';
import {
  failureList,
  playwrightFailures,
  playwrightTally,
  sum,
  verifyFailures,
  vitestFailures,
  vitestTally,
} from './test-reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-reports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: unknown): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('the closing line', () => {
  it('counts what vitest reports, and a file that broke before its tests as a failure', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(vitestTally(file(report))).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  it('counts what Playwright reports, errors outside tests included', () => {
    const report = {
      stats: { expected: 7, unexpected: 1, flaky: 1, skipped: 2 },
      errors: [{ message: 'no tests found' }],
    };
    expect(playwrightTally(file(report))).toEqual({ passed: 8, failed: 2, skipped: 2 });
  });

  it('never takes a missing report for success', () => {
    expect(vitestTally(join(folder, 'none'))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(playwrightTally(join(folder, 'none'))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(
      sum([
        { passed: 1, failed: 0, skipped: 2 },
        { passed: 3, failed: 1, skipped: 0 },
      ]),
    ).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });
});

describe('the list of failures', () => {
  it('names each failed test with the first lines of its error, and files that broke before their tests', () => {
    const report = {
      testResults: [
        {
          name: join(ROOT, 'packages/a.test.ts'),
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'fine' },
            { status: 'failed', fullName: 'adds up', failureMessages: ['\u001b[31mexpected 1\u001b[39m\n\nto be 2'] },
          ],
        },
        { name: join(ROOT, 'packages/b.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    };
    expect(vitestFailures(file(report))).toEqual([
      { what: 'packages/a.test.ts › adds up', why: 'expected 1\nto be 2' },
      { what: 'packages/b.test.ts', why: 'no such module' },
    ]);
  });

  it('names failed stories in nested suites, and errors outside them', () => {
    const spec = (title: string, ok: boolean, message: string) => ({
      title,
      file: 'one.spec.ts',
      ok,
      tests: [{ results: [{ status: ok ? 'passed' : 'failed', errors: [{ message }] }] }],
    });
    const report = {
      errors: [{ message: 'no configuration' }],
      suites: [{ specs: [spec('works', true, '')], suites: [{ specs: [spec('breaks', false, 'too late')] }] }],
    };
    expect(playwrightFailures(file(report))).toEqual([
      { what: 'Playwright', why: 'no configuration' },
      { what: 'e2e/stories/one.spec.ts › breaks', why: 'too late' },
    ]);
  });

  it('names the checks that do not hold', () => {
    const output =
      'ok   types\nFAIL lint\n\n── lint: oxlint finds nothing ──\nx.ts:1 unused\n\n1 of 2 checks hold, 3 s\n';
    expect(verifyFailures(output)).toEqual([{ what: 'verify lint', why: 'x.ts:1 unused\n1 of 2 checks hold, 3 s' }]);
  });

  it('never takes a missing report for success, and says how many it left out', () => {
    expect(vitestFailures(join(folder, 'none'))).toHaveLength(1);
    expect(playwrightFailures(join(folder, 'none'))).toHaveLength(1);
    expect(verifyFailures('killed')).toEqual([{ what: 'verify', why: 'killed' }]);
    const many = Array.from({ length: 43 }, (_, index) => ({ what: `test ${index}`, why: 'because' }));
    expect(failureList(many)).toContain('  ✗ test 39\n      because\n  … and 3 more');
  });
});
