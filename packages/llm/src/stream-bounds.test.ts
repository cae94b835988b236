import { describe, expect, it } from 'vitest';
import type { AnswerView } from './codec.ts';
import { PROTOCOLS } from './neutral/call.ts';
import { Collector } from './neutral/collect.ts';
import { codecOf } from './ways.ts';

const MAX_EVENT_CHARS = 8_388_608;
const TARGET = { model: 'm', maxOutputTokens: null, quirks: {} };
/** As long as an event may be, and then half a character: what is missing of it is made up for only when the stream ends. */
const LONGEST = Buffer.concat([Buffer.from(`data: ${'a'.repeat(MAX_EVENT_CHARS - 6)}`), Buffer.from([0xc3])]);

describe.each(PROTOCOLS.filter((protocol) => protocol !== 'bedrock'))('a stream of %s', (protocol) => {
  it('whose last event is too long at its very end fails, and throws nothing', () => {
    const sink = new Collector();
    const reader = codecOf(protocol)?.provider?.streamReader(sink, TARGET);
    reader?.feed(LONGEST);
    expect(sink.error).toBeNull();
    reader?.end();
    expect(sink.error).toMatchObject({ status: 502 });
  });

  it('that is passed fails the same way', () => {
    const call = { protocol, text: '', body: {}, model: 'm', stream: true, wantsUsage: true };
    const view: AnswerView = { call, model: 'm', id: 'r', createdS: 1 };
    const passed = codecOf(protocol)?.passing?.stream(view, TARGET);
    passed?.feed(LONGEST);
    passed?.end();
    expect(passed?.state ?? 'failed').toBe('failed');
  });
});
