import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall, Target } from '../../codec.ts';
import { codec } from './codec.ts';

const { passing } = codec;
const target = (model: string): Target => ({ model, maxOutputTokens: null, quirks: {} });
const view: AnswerView = {
  call: { protocol: 'anthropic', text: '{}', body: {}, model: 'ours', stream: true, wantsUsage: true },
  model: 'ours',
  id: 'r1',
  createdS: 7,
};
const envelope = (text: string): ClientCall => {
  const call = codec.client!.envelope(text, { model: '', stream: false, query: '' });
  if ('malformed' in call) throw new Error(call.message);
  return call;
};

const start =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"theirs","usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":1}}}\n\n';
const rest =
  'event: content_block_start\ndata: {"type": "content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
  'event: ping\ndata: {"type":"ping"}\n\n' +
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é😀","x":1.0}}\n\n' +
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}\n\n';
const stop = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

describe('passing a request', () => {
  it('changes nothing but the model’s name', () => {
    const text =
      '{ "model" : "ours", "messages":[ {"role":"user","content":"hi"} ],"x":1.0, "thinking":{"type":"adaptive"}}';
    expect(passing!.body(envelope(text), target('theirs'))).toBe(text.replace('ours', 'theirs'));
    expect(passing!.body(envelope(text), target('ours'))).toBe(text);
  });

  it('leaves out thoughts Claude cannot have signed, and nothing else', () => {
    const call = '{"type":"tool_use","id":"t","name":"f","input":{ "n":1.0 }}';
    const own = '{"type":"thinking","thinking":"a","signature":"sig"}';
    const text = `{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":[${[
      own,
      '{"type":"thinking","thinking":"b","signature":"parley.gemini.g"}',
      '{"type":"thinking","thinking":"c","signature":""}',
      call,
      '{"type":"redacted_thinking","data":"parley-call.parley.gemini.g"}',
    ].join(', ')}]},{"role":"assistant","content":[{"type":"thinking","thinking":"d"}]}]}`;
    expect(passing!.body(envelope(text), target('m'))).toBe(
      `{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":[${own},${call}]}]}`,
    );
  });
});

describe('passing a stream', () => {
  it('changes nothing but the model’s name, for any chunking, and keeps message_stop back', () => {
    const bytes = Buffer.from(`: hello\n\n${start}${rest}${stop}`);
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), (places) => {
        const cuts = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
        const stream = passing!.stream(view, target('theirs'));
        let out = '';
        for (const [i, end] of [...cuts, bytes.length].entries())
          out += stream.feed(bytes.subarray(cuts[i - 1] ?? 0, end));
        out += stream.end();
        expect(out).toBe(`: hello\n\n${start.replace('theirs', 'ours')}${rest}`);
        expect(stream).toMatchObject({
          state: 'done',
          providerModel: 'theirs',
          sawOutput: true,
          finishReason: 'stop',
          error: null,
          usage: { inputTokens: 7, cachedInputTokens: 2, outputTokens: 4 },
        });
        expect(stream.output()).toEqual({ text: 'é😀', droppedChars: 0 });
        expect(stream.ending()).toBe(stop);
      }),
    );
  });

  it('stays open when cut', () => {
    const stream = passing!.stream(view, target('theirs'));
    stream.feed(Buffer.from(start + rest));
    stream.end();
    expect([stream.state, stream.ending()]).toEqual(['open', '']);
  });

  it.each([
    ['event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n', 529],
    ['data: {oops\n\n', 502],
  ])('fails on %j and passes nothing after it', (bad, status) => {
    const stream = passing!.stream(view, target('theirs'));
    expect(stream.feed(Buffer.from(start + bad + rest))).toBe(start.replace('theirs', 'ours'));
    expect([stream.state, stream.error?.status]).toEqual(['failed', status]);
  });
});
