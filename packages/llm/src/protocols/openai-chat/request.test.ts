import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientCall, Target } from '../../codec.ts';
import type { ProviderQuirks } from '../../providers/preset.ts';
import { readChatRequest, toProviderBody } from './request.ts';

const target = (model: string, quirks: ProviderQuirks = {}): Target => ({ model, maxOutputTokens: null, quirks });

function read(text: string): ClientCall {
  const request = readChatRequest(text);
  if ('malformed' in request) throw new Error(request.message);
  return request;
}

describe('readChatRequest', () => {
  it.each([
    ['not JSON', '{"model":', null, true],
    ['nothing', '', null, true],
    ['an array', '[]', null, true],
    ['no model', '{"messages":[]}', 'model', false],
    ['a number for a model', '{"model":4,"messages":[]}', 'model', false],
    ['no messages', '{"model":"m"}', 'messages', false],
    ['a text for stream', '{"model":"m","messages":[],"stream":"yes"}', 'stream', false],
    ['a list of stream options', '{"model":"m","messages":[],"stream_options":[]}', 'stream_options', false],
  ])('names what is wrong with %s', (_what, text, param, malformed) => {
    expect(readChatRequest(text)).toMatchObject({ param, malformed });
  });

  it('says where JSON breaks without quoting the body', () => {
    const secret = 'sk-secret';
    const issue = readChatRequest(`{"model":"m","key":"${secret}" oops}`);
    expect(JSON.stringify(issue)).not.toContain(secret);
    expect(issue).toMatchObject({ message: expect.stringContaining('position') });
  });

  it('knows whether the client wants usage: only when it streams and asks', () => {
    const wants = (more: object) => read(JSON.stringify({ model: 'm', messages: [], ...more })).wantsUsage;
    expect(wants({ stream: true, stream_options: { include_usage: true } })).toBe(true);
    expect(wants({ stream: true, stream_options: null })).toBe(false);
    expect(wants({ stream_options: { include_usage: true } })).toBe(false);
  });
});

describe('toProviderBody', () => {
  it('changes the model and stream options only, for any other fields', () => {
    const rest = fc.dictionary(
      fc.string().filter((key) => !['model', 'messages', 'stream', 'stream_options', '__proto__'].includes(key)),
      fc.jsonValue(),
    );
    const options = fc.option(fc.dictionary(fc.constantFrom('a', 'include_usage'), fc.boolean()));
    fc.assert(
      fc.property(rest, fc.boolean(), options, (fields, stream, streamOptions) => {
        const given = { ...fields, model: 'm', messages: [], stream, stream_options: streamOptions };
        const sent = JSON.parse(toProviderBody(read(JSON.stringify(given, null, 1)), target('real')));
        const expected = JSON.parse(JSON.stringify(given));
        expected.model = 'real';
        if (stream) expected.stream_options = { ...streamOptions, include_usage: true };
        expect(sent).toEqual(expected);
      }),
    );
  });

  it('sends the very text when there is nothing to change', () => {
    const text = '{ "model":"m", "messages":[ ],"seed":12345678901234567890 }';
    expect(toProviderBody(read(text), target('m'))).toBe(text);
  });

  it('cannot be given a second model under a doubled key', () => {
    const text = '{"model":"dear","messages":[],"model":"cheap"}';
    expect(read(text).model).toBe('cheap');
    expect(toProviderBody(read(text), target('real'))).toBe('{"model":"real","messages":[],"model":"real"}');
  });

  it('leaves out what the provider is known to refuse, and says a bound by the name it knows', () => {
    const call = read('{"model":"m","messages":[],"max_tokens":5,"stream":true,"stream_options":{}}');
    expect(JSON.parse(toProviderBody(call, target('m', { streamOptions: false })))).not.toHaveProperty(
      'stream_options',
    );
    expect(JSON.parse(toProviderBody(call, target('m', { maxTokensField: 'max_completion_tokens' })))).toEqual({
      model: 'm',
      messages: [],
      max_completion_tokens: 5,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(
      toProviderBody(
        read('{"model":"m","messages":[],"max_completion_tokens":5}'),
        target('m', { maxTokensField: 'max_tokens' }),
      ),
    ).toBe('{"model":"m","messages":[],"max_tokens":5}');
  });
});
