import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { COMMON_FAULTS } from '../../faults.ts';
import { type Simulator, startSimulator } from '../../start.ts';
import type { Seen } from '../../watch-call.ts';
import { callWithFault } from './call-with-fault.ts';
import { dataLines, done, events, finished } from './chat-events.ts';

/** Every fault before an answer and on its way does what the table says, seen from a plain HTTP client. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const call = (fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> =>
  callWithFault(simulator.url, fault, stream, rest, patienceMs);

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof COMMON_FAULTS)[number], () => Promise<unknown>> = {
  async hang() {
    await expect(call('hang', false, {}, 400)).rejects.toThrow(/abort/i);
  },
  async reset() {
    await expect(call('reset', false)).rejects.toThrow(/other side closed|ECONNRESET|socket/i);
  },
  async latency() {
    expect((await call('latency ms=150', false)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    for (const stream of [true, false]) {
      const seen = await call('slow-first-byte ms=200', stream);
      expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
      expect(seen.broken).toBe(false);
    }
  },
  async 'slow-tokens'() {
    const stream = await call('slow-tokens ms=5', true);
    expect(stream.totalMs).toBeGreaterThanOrEqual(5 * events(stream).length * 0.9);
    expect((await call('slow-tokens ms=5', false)).totalMs).toBeGreaterThan(100);
  },
  async stall() {
    const seen = await call('stall after=4', true, {}, 1_000);
    expect(events(seen)).toHaveLength(4);
    expect(seen.broken).toBe(true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(990);
  },
  async cut() {
    const stream = await call('cut after=5', true);
    expect(events(stream)).toHaveLength(5);
    const whole = await call('cut', false);
    for (const seen of [stream, whole]) {
      expect(seen.broken).toBe(true);
      expect(seen.totalMs).toBeLessThan(2_000);
    }
    expect(simulator.requests().map((record) => record.outcome)).toEqual(['cut', 'cut']);
  },
  async truncate() {
    const seen = await call('truncate after=5', true);
    expect([seen.broken, events(seen).length, finished(seen), done(seen)]).toEqual([false, 5, false, false]);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([seen.broken, finished(seen), done(seen)]).toEqual([false, true, false]);
  },
  async malformed() {
    const lines = dataLines(await call('malformed after=2', true));
    expect(() => JSON.parse(lines[2] as string)).toThrow(SyntaxError);
    expect(() => JSON.parse(lines[3] as string)).not.toThrow();
    expect(lines.at(-1)).toBe('[DONE]');
    const whole = await call('malformed', false);
    expect(() => JSON.parse(whole.text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const seen = await call('error-in-stream after=3', true);
    expect(
      events(seen)
        .slice(0, 3)
        .every((event) => event.choices.length === 1),
    ).toBe(true);
    expect(events(seen)[3]?.error?.type).toBe('server_error');
    expect([events(seen).length, done(seen), seen.broken]).toEqual([4, false, false]);
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(3);
    expect(seen.pieces.some((piece) => piece.toString().includes('\ufffd'))).toBe(true);
    expect(finished(seen) && done(seen)).toBe(true);
  },
  async comments() {
    const seen = await call('comments', true);
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\ndata: /);
    expect(finished(seen) && done(seen)).toBe(true);
  },
  '401': () => refusal('401', 401, 'invalid_api_key'),
  async '429'() {
    const seen = await refusal('429 retry-after=7', 429, 'rate_limit_exceeded');
    expect(seen.headers['retry-after']).toBe('7');
  },
  async 'insufficient-quota'() {
    const seen = await refusal('insufficient-quota', 429, 'insufficient_quota');
    expect(seen.headers['retry-after']).toBeUndefined();
  },
  '500': () => refusal('500', 500, null),
  async '503'() {
    expect((await refusal('503', 503, null)).headers['retry-after']).toBe('1');
  },
  'error-in-200': () => refusal('error-in-200', 200, null),
  async html() {
    for (const [fault, status] of [
      ['html', 200],
      ['html status=502', 502],
    ] as const) {
      const seen = await call(fault, true);
      expect(seen.status).toBe(status);
      expect(seen.headers['content-type']).toContain('text/html');
      expect(seen.text).toContain('simulated by Parley');
    }
  },
  async 'json-for-stream'() {
    const seen = await call('json-for-stream', true);
    expect(seen.headers['content-type']).toBe('application/json');
    expect(JSON.parse(seen.text).object).toBe('chat.completion');
  },
  async 'stream-for-json'() {
    const seen = await call('stream-for-json', false);
    expect(seen.headers['content-type']).toContain('text/event-stream');
    expect(finished(seen) && done(seen)).toBe(true);
  },
  async 'empty-body'() {
    expect(await call('empty-body', false)).toMatchObject({ status: 200, text: '', broken: false });
  },
  async 'split-at'() {
    const { pieces, text } = await call('split-at byte=41', true);
    expect(pieces.map((_, at) => Buffer.concat(pieces.slice(0, at + 1)).length)).toContain(41);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect(seen.pieces).toHaveLength(1);
    expect(finished(seen) && done(seen)).toBe(true);
  },
};

async function refusal(fault: string, status: number, code: string | null): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  expect(JSON.parse(seen.text).error).toMatchObject({ code, message: expect.stringContaining('simulated by Parley') });
  return seen;
}

test.each(COMMON_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
