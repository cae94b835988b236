import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import { type Seen, watchCall } from '../../watch-call.ts';
import { BEDROCK_FAULTS } from './format.ts';

/** Every fault in Bedrock's manner, seen from a plain HTTP client that reads the frames for itself. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const TOOLS = {
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'get_weather',
          inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
        },
      },
    ],
  },
  messages: [{ role: 'user', content: [{ text: 'Weather in Rome and Oslo' }] }],
};

function call(fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> {
  const headers = { authorization: 'Bearer sim-test', 'x-simulate': fault };
  const body = { messages: [{ role: 'user', content: [{ text: 'Tell me about tides — é' }] }], ...rest };
  const url = `${simulator.url}/model/sim-small/${stream ? 'converse-stream' : 'converse'}`;
  return watchCall(url, headers, body, patienceMs);
}

interface Frame {
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

function parsed(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Whole frames of what arrived; the type is the last string of the headers’ first entry. */
function frames(seen: Seen): Frame[] {
  const found: Frame[] = [];
  const bytes = Buffer.concat(seen.pieces);
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    if (at + length > bytes.length) break;
    const nameLength = bytes.readUInt8(at + 12);
    const valueAt = at + 12 + 1 + nameLength + 3;
    const type = bytes.toString('utf8', valueAt, valueAt + bytes.readUInt16BE(valueAt - 2));
    const payload = bytes.toString('utf8', at + 12 + headers, at + length - 4);
    found.push({ type, payload: parsed(payload) });
    at += length;
  }
  return found;
}

const types = (seen: Seen): string[] => frames(seen).map(({ type }) => type);
const complete = (seen: Seen): boolean => types(seen).slice(-2).join() === 'messageStop,metadata';
const whole = (seen: Seen) => JSON.parse(seen.text);

async function failure(fault: string, status: number, type: string): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  expect(String(seen.headers['x-amzn-errortype'])).toMatch(new RegExp(`^${type}:`));
  expect(whole(seen).message).toContain('simulated by Parley');
  return seen;
}

async function ending(fault: string): Promise<string> {
  const { stopReason } = whole(await call(fault, false));
  const stop = frames(await call(fault, true)).find(({ type }) => type === 'messageStop');
  expect(stop?.payload.stopReason).toBe(stopReason);
  return stopReason;
}

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof BEDROCK_FAULTS)[number], () => Promise<unknown>> = {
  hang: () => expect(call('hang', true, {}, 300)).rejects.toThrow(/abort/i),
  reset: () => expect(call('reset', true)).rejects.toThrow(/other side closed|ECONNRESET|socket/i),
  async latency() {
    expect((await call('latency ms=150', true)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    const seen = await call('slow-first-byte ms=200', true);
    expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
    expect(complete(seen)).toBe(true);
  },
  async 'slow-tokens'() {
    const seen = await call('slow-tokens ms=5', true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(5 * (types(seen).length - 2) * 0.9);
  },
  async stall() {
    const seen = await call('stall after=4', true, {}, 600);
    expect([types(seen).length, seen.broken]).toEqual([4, true]);
  },
  async cut() {
    const seen = await call('cut after=5', true);
    expect([types(seen).length, seen.broken]).toEqual([5, true]);
    expect((await call('cut', false)).broken).toBe(true);
  },
  async truncate() {
    const seen = await call('truncate after=5', true);
    expect([types(seen).length, seen.broken, complete(seen)]).toEqual([5, false, false]);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([types(seen).at(-1), seen.broken]).toEqual(['contentBlockStop', false]);
  },
  async malformed() {
    const [good, broken] = await Promise.all([call('', true), call('malformed after=2', true)]);
    expect(Buffer.concat(broken.pieces).equals(Buffer.concat(good.pieces))).toBe(false);
    expect(types(broken)).toEqual(types(good));
    const { text } = await call('malformed', false);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const last = frames(await call('error-in-stream after=3', true)).at(-1);
    expect(last).toMatchObject({ type: 'modelStreamErrorException', payload: { originalStatusCode: 500 } });
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes bytes=5', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(5);
    expect(complete(seen)).toBe(true);
  },
  async 'split-at'() {
    const { pieces } = await call('split-at byte=41', true);
    expect(pieces.map((_, at) => Buffer.concat(pieces.slice(0, at + 1)).length)).toContain(41);
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect([seen.pieces.length, complete(seen)]).toEqual([1, true]);
  },
  '401': () => failure('401', 403, 'UnrecognizedClientException'),
  async '429'() {
    expect((await failure('429 retry-after=7', 429, 'ThrottlingException')).headers['retry-after']).toBe('7');
  },
  'insufficient-quota': () => failure('insufficient-quota', 400, 'ServiceQuotaExceededException'),
  '500': () => failure('500', 500, 'InternalServerException'),
  '503': () => failure('503', 503, 'ServiceUnavailableException'),
  'error-in-200': () => failure('error-in-200', 200, 'InternalServerException'),
  async html() {
    expect((await call('html status=502', true)).headers['content-type']).toContain('text/html');
  },
  async 'json-for-stream'() {
    expect(whole(await call('json-for-stream', true)).output.message.role).toBe('assistant');
  },
  async 'stream-for-json'() {
    expect(complete(await call('stream-for-json', false))).toBe(true);
  },
  async 'empty-body'() {
    expect(await call('empty-body', true)).toMatchObject({ status: 200, text: '' });
  },
  async 'unknown-event'() {
    const seen = await call('unknown-event', true);
    expect([types(seen).includes('brandNewEvent'), complete(seen)]).toEqual([true, true]);
  },
  async 'text-before-tools'() {
    const { content } = whole(await call('text-before-tools', false, TOOLS)).output.message;
    expect(content.map((block: object) => Object.keys(block)[0])).toEqual(['text', 'toolUse', 'toolUse']);
  },
  async 'tool-arguments-empty'() {
    const { content } = whole(await call('tool-arguments-empty', false, TOOLS)).output.message;
    expect(content[0].toolUse.input).toEqual({});
    const deltas = frames(await call('tool-arguments-empty', true, TOOLS)).filter(
      ({ type }) => type === 'contentBlockDelta',
    );
    expect(deltas.map(({ payload }) => payload.delta)).toEqual([
      { toolUse: { input: '' } },
      { toolUse: { input: '' } },
    ]);
  },
  async 'cached-tokens'() {
    const plain = whole(await call('', false)).usage;
    const { usage } = whole(await call('cached-tokens count=5', false));
    expect(usage).toMatchObject({ inputTokens: plain.inputTokens - 5, cacheReadInputTokens: 5 });
  },
  async 'usage-missing'() {
    expect(whole(await call('usage-missing', false)).usage).toBeUndefined();
    expect(frames(await call('usage-missing', true)).at(-1)?.payload.usage).toBeUndefined();
  },
  async refusal() {
    expect(await ending('refusal')).toBe('end_turn');
    expect((await call('refusal', false)).text).toContain('I cannot help with that');
  },
  async 'content-filter'() {
    expect(await ending('content-filter')).toBe('content_filtered');
  },
  async 'context-window'() {
    expect(await ending('context-window')).toBe('model_context_window_exceeded');
  },
  async 'redacted-thinking'() {
    const thinking = { additionalModelRequestFields: { thinking: { type: 'adaptive' } } };
    expect((await call('redacted-thinking', false, thinking)).text).toContain('"redactedContent"');
  },
};

test.each(BEDROCK_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
