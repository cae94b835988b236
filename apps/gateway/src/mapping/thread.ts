import { parentPort } from 'node:worker_threads';
import type { BodyMapping } from '@parley/contracts/policies/mapping';
import { compileExpression, type Expression } from '@parley/domain/mapping/expression';
import { type MappingOutcome, mapBody } from '@parley/domain/mapping/map-body';
import { harden } from './harden.ts';
import type { FromThread, MappingJob } from './job.ts';

/** Expressions kept compiled; beyond that the oldest is compiled anew when it is needed. */
const MAX_KEPT = 2000;
const kept = new Map<string, Expression>();

function expressionOf({ map, timeoutMs }: BodyMapping): Expression | null {
  if (map.trim() === '') return null;
  const name = `${timeoutMs} ${map}`;
  const known = kept.get(name);
  if (known) return known;
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  const compiled = compileExpression(map, timeoutMs);
  kept.set(name, compiled);
  return compiled;
}

/** An expression of a newer release may not compile here; older ones were checked when they were saved. */
async function run(job: MappingJob): Promise<MappingOutcome> {
  let expression: Expression | null;
  try {
    expression = expressionOf(job.mapping);
  } catch {
    return { ok: false, code: 'failed', message: 'The expression cannot be compiled.' };
  }
  return mapBody(job.mapping, expression, job);
}

/** Where bodies are mapped: one at a time, on a thread that can be ended. */
const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');
harden();
port.on('message', (job: MappingJob) => {
  void run(job).then((outcome) => {
    const said: FromThread = { ready: false, outcome };
    port.postMessage(said, outcome.ok ? [outcome.bytes.buffer as ArrayBuffer] : []);
  });
});
const ready: FromThread = { ready: true };
port.postMessage(ready);
