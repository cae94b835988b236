import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './options.ts';

/** Tests by outcome. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name?: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName?: string; failureMessages?: string[] }[];
  }[];
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    file: string;
    ok: boolean;
    tests: { results: { status: string; errors?: { message?: string }[] }[] }[];
  }[];
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: { message?: string }[];
  suites?: PlaywrightSuite[];
}

/** What failed, and the first lines of why; repeated at the end of a run, where a reader looks first. */
export interface Failure {
  readonly what: string;
  readonly why: string;
}

/**
 * Reads vitest's JSON report. A file that broke before any of its tests failed counts as one failure; no readable
 * report does as well.
 */
export function vitestTally(file: string): Tally {
  const report = readReport<VitestReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Reads Playwright's JSON report; an error outside any test counts as a failure. A test that passed on retry passed. */
export function playwrightTally(file: string): Tally {
  const report = readReport<PlaywrightReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

/** The failed tests of vitest's JSON report, files that broke before their tests included. */
export function vitestFailures(file: string): Failure[] {
  const report = readReport<VitestReport>(file);
  if (!report) return [{ what: 'vitest', why: 'ended without a report' }];
  return report.testResults.flatMap(({ name = '', status, message = '', assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [failure(name, '', message)] : [];
    return failed.map((test) => failure(name, test.fullName ?? '', test.failureMessages?.[0] ?? ''));
  });
}

/** The failed tests of Playwright's JSON report, and its errors outside tests. */
export function playwrightFailures(file: string): Failure[] {
  const report = readReport<PlaywrightReport>(file);
  if (!report) return [{ what: 'Playwright', why: 'ended without a report' }];
  const within = ({ suites = [], specs = [] }: PlaywrightSuite): Failure[] => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file: story, title, tests }) => {
        const results = tests.flatMap((test) => test.results);
        const error = results.flatMap(({ errors = [] }) => errors)[0]?.message;
        return failure(`e2e/stories/${story}`, title, error ?? results.at(-1)?.status ?? '');
      }),
    ...suites.flatMap(within),
  ];
  return [...report.errors.map(({ message = '' }) => failure('Playwright', '', message)), ...within(report)];
}

/** The checks that `npm run verify` printed as failed, from its output. */
export function verifyFailures(output: string): Failure[] {
  const sections = output.split(/^── ([\w-]+): .* ──$/m).slice(1);
  const failures: Failure[] = [];
  for (let at = 0; at + 1 < sections.length; at += 2) {
    failures.push(failure(`verify ${sections[at]}`, '', sections[at + 1] ?? ''));
  }
  return failures.length > 0 ? failures : [failure('verify', '', output.slice(-600))];
}

const MOST_FAILURES = 40;
const MOST_LINES = 8;

/** Failures as a compact list for people: at most 40, at most 8 lines each. */
export function failureList(failures: readonly Failure[]): string {
  const lines = failures
    .slice(0, MOST_FAILURES)
    .flatMap(({ what, why }) => [`  ✗ ${what}`, ...why.split('\n').map((line) => `      ${line}`)]);
  const more = failures.length - MOST_FAILURES;
  return [...lines, ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n');
}

function failure(file: string, title: string, message: string): Failure {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/.test(line))
    .slice(0, MOST_LINES)
    .map((line) => line.trimEnd().slice(0, 240));
  const place = isAbsolute(file) ? relative(ROOT, file) : file;
  return { what: [place, title].filter(Boolean).join(' › '), why: lines.join('\n') || 'no message' };
}

/** Sums tallies. */
export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

function readReport<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
