import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { playwrightTally, sum, vitestTally } from './test-reports.ts';

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
