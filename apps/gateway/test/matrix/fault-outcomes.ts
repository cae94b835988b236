import { waitFor } from '@parley/testkit/wait-for';
import { expect } from 'vitest';
import type { FormatLab } from '../format-lab.ts';
import type { Dialect } from './dialects.ts';
import { LONG } from './features.ts';

/** What a provider does, in words, by the simulator's name for it. */
export const FAULTS = {
  hang: 'never answers',
  latency: 'slow first byte: headers late',
  'slow-first-byte': 'slow first byte: body late',
  stall: 'stalls half way',
  cut: 'cuts the connection half way',
  truncate: 'ends its stream early, cleanly',
  'error-in-stream': 'sends an error in its stream',
  malformed: 'sends malformed JSON',
  'error-in-200': 'status 200 with an error as body',
  html: 'status 200 with an HTML page',
  'empty-body': 'status 200 and nothing',
  '401': 'status 401',
  '429': 'status 429',
  'insufficient-quota': 'no credit left',
  '500': 'status 500',
  '503': 'status 503',
  reset: 'resets the connection',
} as const;
export type Fault = keyof typeof FAULTS;

/** Faults that an answer in one piece cannot have. */
export const STREAMS_ONLY: ReadonlySet<Fault> = new Set<Fault>(['truncate', 'error-in-stream']);

const PARAMETERS: Partial<Readonly<Record<Fault, string>>> = {
  latency: ' ms=4000',
  'slow-first-byte': ' ms=4000',
  stall: ' after=8',
  cut: ' after=8',
  truncate: ' after=8',
  malformed: ' after=8',
  'error-in-stream': ' after=8',
};

function call(lab: FormatLab, dialect: Dialect, model: string, stream: boolean, text: string, signal?: AbortSignal) {
  return fetch(lab.world.url + dialect.path(model, stream), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${lab.key}`,
      'anthropic-version': '2023-06-01',
    },
    body: JSON.stringify(dialect.body(model, stream, text)),
    signal: signal ?? null,
  });
}

const codeIn = (text: string): string | null => /errors#([a-z_]+)/.exec(text)?.[1] ?? null;

/** How a call ends whose provider does this; checks that it is recorded as what it was, and shows nothing of the provider. */
export async function faultOutcome(lab: FormatLab, dialect: Dialect, format: string, stream: boolean, fault: Fault) {
  const text = `${LONG} [[simulate: ${fault}${PARAMETERS[fault] ?? ''}]]`;
  const answer = await call(lab, dialect, format, stream, text);
  const body = await answer.text();
  const event = await lab.world.event(answer.headers.get('x-request-id'));
  const where = `${dialect.name}, ${format}, ${fault}`;
  expect(body, where).not.toContain('sim-very-secret-key');
  // Failed responses have no place for the code: the record has it.
  const told = codeIn(body) ?? (answer.status === 200 ? event.code : null);
  expect([event.status, event.code], where).toEqual([answer.status, told]);
  if (answer.status !== 200) return `${answer.status} \`${told}\``;
  const failed = stream && dialect.failure.test(body) && !dialect.success.test(body) && told !== null;
  if (!failed) return 'FAILED: as if it were a success';
  expect(event.outputTokens, `${where}: what was said is counted`).toBeGreaterThan(0);
  return `error in the stream (\`${told}\`)`;
}

/** Leaves a call while the provider works: it must be broken off there too, and recorded. */
export async function leavingOutcome(lab: FormatLab, dialect: Dialect, format: string, stream: boolean) {
  const mark = `${dialect.name}-${format}-${stream}`;
  const leaving = new AbortController();
  const left = () => lab.world.events().filter((one) => one.model === format && one.abortedBy === 'client');
  const before = left().length;
  const text = `${LONG} Marked ${mark}. [[simulate: slow-tokens ms=${stream ? 20 : 100}]]`;
  const asking = call(lab, dialect, format, stream, text, leaving.signal);
  const ours = () => lab.simulator.requests().find(({ body }) => JSON.stringify(body)?.includes(mark));
  await waitFor('the provider is asked', ours);
  let id: string | null = null;
  if (stream) {
    const answer = await asking;
    id = answer.headers.get('x-request-id');
    await answer.body?.getReader().read();
  }
  const leftAt = performance.now();
  leaving.abort();
  await asking.catch(() => {});
  await waitFor('the provider sees it', () => ours()?.clientLeft);
  expect(performance.now() - leftAt, 'aborted at once').toBeLessThan(1000);
  const event = await waitFor('the call is recorded', () =>
    id === null ? left()[before] : left().find((one) => one.id === id),
  );
  expect(event.abortedBy).toBe('client');
  return 'upstream aborted, call recorded';
}
