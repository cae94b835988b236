import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_FORMS, type LineResult } from './line-form.ts';
import { lineId } from './run-line.ts';

const place = { customId: 'a "b"\n', id: '0199a200-0000-7000-8000-000000000001' };
const write = (dialect: 'openai' | 'anthropic', result: LineResult): unknown => {
  const text = LINE_FORMS[dialect].write(result, place);
  expect(text).not.toContain('\n');
  return JSON.parse(text);
};

describe('a line of a batch', () => {
  it('keeps the body as its sender wrote it: digits, order, spaces', () => {
    const body = '{"n": 12345678901234567890, "model":"m","a":1e400}';
    const text = `{"custom_id":"x","method":"POST","url":"/v1/embeddings","body":${body}}`;
    expect(LINE_FORMS.openai.read(text, '/v1/embeddings')).toEqual({ customId: 'x', model: 'm', body });
  });

  it.each([
    ['{', 'invalid_json_line'],
    ['[]', 'invalid_json_line'],
    ['{"custom_id":"x","method":"GET","url":"/e","body":{"model":"m"}}', 'invalid_method'],
    ['{"custom_id":"x","method":"POST","url":"/other","body":{"model":"m"}}', 'mismatched_url'],
    ['{"custom_id":7,"method":"POST","url":"/e","body":{"model":"m"}}', 'missing_required_parameter'],
    [
      `{"custom_id":"${'x'.repeat(513)}","method":"POST","url":"/e","body":{"model":"m"}}`,
      'missing_required_parameter',
    ],
    ['{"custom_id":"x","method":"POST","url":"/e","body":[]}', 'missing_required_parameter'],
    ['{"custom_id":"x","method":"POST","url":"/e","body":{"model":["m"]}}', 'missing_required_parameter'],
    ['{"custom_id":"x","method":"POST","url":"/e","body":{"model":"m","stream":true}}', 'invalid_request'],
  ])('%# says what is wrong with it', (text, code) => {
    expect(LINE_FORMS.openai.read(text, '/e')).toMatchObject({ code });
  });

  it('no text crashes the reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const { read } of Object.values(LINE_FORMS)) expect(read(text, '/e')).toBeTypeOf('object');
      }),
    );
  });
});

describe('a result', () => {
  it('is one line, whatever the answer looks like', () => {
    const answer: LineResult = { kind: 'answered', status: 200, body: '{\r\n "n": 12345678901234567890\n}' };
    expect(LINE_FORMS.openai.write(answer, place)).toContain('"n": 12345678901234567890');
    expect(write('openai', answer)).toMatchObject({
      custom_id: place.customId,
      error: null,
      response: { status_code: 200 },
    });
    expect(write('anthropic', answer)).toMatchObject({ result: { type: 'succeeded' } });
    const odd: LineResult = { kind: 'answered', status: 200, body: '<html>\n' };
    expect(write('openai', odd)).toMatchObject({ response: { body: null } });
    expect(write('anthropic', odd)).toMatchObject({ result: { type: 'errored' } });
  });

  it('says what was never made, and why', () => {
    const unmade = (code: string): LineResult => ({ kind: 'unmade', code, message: 'm' });
    expect(write('openai', unmade('batch_expired'))).toMatchObject({
      response: null,
      error: { code: 'batch_expired', message: 'm' },
    });
    expect(write('anthropic', unmade('batch_expired'))).toMatchObject({ result: { type: 'expired' } });
    expect(write('anthropic', unmade('batch_cancelled'))).toMatchObject({ result: { type: 'canceled' } });
    expect(write('anthropic', unmade('key_revoked'))).toMatchObject({ result: { type: 'errored' } });
  });
});

it('the record of a line has the same id each time, of the batch’s own moment, and no two lines have the same', () => {
  const batch = '0199a200-1234-7000-8000-000000000001';
  const ids = Array.from({ length: 1000 }, (_, i) => lineId(batch, i));
  expect(ids).toEqual(Array.from({ length: 1000 }, (_, i) => lineId(batch, i)));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^0199a200-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
