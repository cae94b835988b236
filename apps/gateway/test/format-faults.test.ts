import { ANTHROPIC_FAULTS } from '@parley/testkit/simulator/formats/anthropic/format';
import { BEDROCK_FAULTS } from '@parley/testkit/simulator/formats/bedrock/format';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FormatLab, openFormatLab } from './format-lab.ts';

let lab: FormatLab;

beforeAll(async () => {
  lab = await openFormatLab();
});
afterAll(() => lab.close());

/** Slow ones are a matter of time-outs, which `simulator.test.ts` shows. */
const SLOW = new Set(['hang', 'latency', 'slow-first-byte', 'slow-tokens', 'stall']);

/** A complete answer, an error event after a piece of one, or a plain refusal with this code. */
const OK = 'ok';
const CUT = 'error in stream';
type Ends = readonly [whole: string, stream: string];
const both = (end: string): Ends => [end, end];

/** How each way of misbehaving must end. Before the model has said anything a failure is a plain refusal. */
const COMMON: Readonly<Record<string, Ends>> = {
  reset: both('upstream_unreachable'),
  cut: ['upstream_cut', CUT],
  truncate: [OK, 'upstream_invalid'],
  'no-done': [OK, CUT],
  malformed: both('upstream_invalid'),
  'error-in-stream': [OK, 'upstream_invalid'],
  '401': both('upstream_credentials'),
  '429': both('upstream_rate_limited'),
  'insufficient-quota': both('upstream_credentials'),
  '500': both('upstream_unreachable'),
  '503': both('upstream_unreachable'),
  '529': both('upstream_unreachable'),
  'error-in-200': both('upstream_invalid'),
  html: both('upstream_invalid'),
  'json-for-stream': [OK, 'upstream_invalid'],
  'stream-for-json': ['upstream_invalid', OK],
  'empty-body': both('upstream_invalid'),
};

/** Bedrock's events have said something by the time the simulator breaks them. */
const BEDROCK: Readonly<Record<string, Ends>> = {
  ...COMMON,
  truncate: [OK, CUT],
  malformed: ['upstream_invalid', CUT],
  'error-in-stream': [OK, CUT],
};

async function endOf(model: string, fault: string, stream: boolean): Promise<string> {
  const content = `List ten facts about rivers. [[simulate: ${fault}]]`;
  const response = await fetch(`${lab.world.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': lab.key, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 2000, stream, messages: [{ role: 'user', content }] }),
  });
  const text = await response.text();
  if (response.status !== 200) {
    const { code } = (JSON.parse(text) as { error: { code: string } }).error;
    // A connection that is reset may take along what came before: then nobody was told anything, and this is the refusal.
    return stream && code === 'upstream_cut' ? CUT : code;
  }
  if (!stream) return (JSON.parse(text) as { stop_reason?: unknown }).stop_reason ? OK : 'no answer';
  const [error, stop] = [text.includes('event: error\n'), text.includes('event: message_stop\n')];
  return error && !stop ? CUT : stop && !error ? OK : 'neither whole nor broken';
}

describe.each([
  ['anthropic', ANTHROPIC_FAULTS, COMMON],
  ['bedrock', BEDROCK_FAULTS, BEDROCK],
] as const)('a provider that speaks %s and misbehaves', (model, faults, ends) => {
  it('never gets a broken answer through as a good one', async () => {
    const seen: Record<string, Ends> = {};
    const expected: Record<string, Ends> = {};
    for (const fault of faults.filter((name) => !SLOW.has(name))) {
      seen[fault] = [await endOf(model, fault, false), await endOf(model, fault, true)];
      expected[fault] = ends[fault] ?? both(OK);
    }
    expect(seen).toEqual(expected);
  });
});
