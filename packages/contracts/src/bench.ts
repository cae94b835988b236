import { z } from 'zod';

/** What is asked of an answer on the test bench. */
export const benchCheckSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('equals'), value: z.string().max(20_000) }),
  z.strictObject({ kind: z.literal('contains'), value: z.string().min(1).max(2000) }),
  z.strictObject({ kind: z.literal('lacks'), value: z.string().min(1).max(2000) }),
  /** RE2's syntax: linear time. */
  z.strictObject({ kind: z.literal('matches'), pattern: z.string().min(1).max(1000) }),
  z.strictObject({ kind: z.literal('schema'), schema: z.record(z.string(), z.json()) }),
  /** Characters. */
  z.strictObject({
    kind: z.literal('length'),
    min: z.number().int().min(0).optional(),
    max: z.number().int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal('latency'), maxMs: z.number().int().min(1).max(600_000) }),
  /** Decimal amount of whole currency units. */
  z.strictObject({ kind: z.literal('cost'), max: z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'An amount like 0.002.') }),
  /** Judged by a model, which is told the question, the answer and this. */
  z.strictObject({ kind: z.literal('judge'), rubric: z.string().trim().min(1).max(4000) }),
]);
export type BenchCheck = z.output<typeof benchCheckSchema>;

/** One case: values of variables, and what is expected of the answer. */
export const benchRowSchema = z.strictObject({
  variables: z.record(z.string().max(64), z.json()),
  /** The answer that is wanted, shown beside the one that came; only `equals` compares them. */
  expected: z.string().max(20_000).optional(),
  checks: z.array(benchCheckSchema).max(20, 'At most 20 checks.').default([]),
});
export type BenchRow = z.output<typeof benchRowSchema>;

export const benchRowsSchema = z.array(benchRowSchema).max(500, 'At most 500 rows.');

/** What came of a check. */
export const checkResultSchema = z.object({ kind: z.string(), passed: z.boolean(), why: z.string() });
export type CheckResult = z.output<typeof checkResultSchema>;

export const RUN_STATES = ['waiting', 'running', 'done', 'stopped'] as const;
/** `failed`: a check did not pass. `error`: there was no answer. `skipped`: the run ended before. */
export const CELL_STATES = ['waiting', 'passed', 'failed', 'error', 'skipped'] as const;
