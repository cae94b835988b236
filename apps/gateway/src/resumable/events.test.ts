import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsAfter, eventsIn, NumberedEvents, OwnResponseId } from './events.ts';

const TEXT =
  ': hello\n\ndata: 1\n\nid: 77\nevent: x\r\ndata: 2\r\n\r\ndata: 3\ndata: more\n\n: bye\n\ndata: [DONE]\n\n';

/** What comes of a text in these pieces. */
function numbered(pieces: readonly string[]): string {
  const events = new NumberedEvents();
  return pieces.map((piece) => events.feed(piece)).join('') + events.end();
}

describe('numbered events', () => {
  it('have numbers from one on, comments none, and nobody else’s', () => {
    expect([...numbered([TEXT]).matchAll(/^id: (.*)$/gm)].map(([, number]) => number)).toEqual(['1', '2', '3', '4']);
    expect(numbered([TEXT]).replace(/^id: .*\n/gm, '')).toBe(TEXT.replace('id: 77\n', ''));
  });

  it('are the same however the text is divided', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length })), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
        const pieces = at.slice(1).map((end, i) => TEXT.slice(at[i], end));
        expect(numbered(pieces)).toBe(numbered([TEXT]));
      }),
    );
  });

  it('are found after a number, of ours or of the Responses API', () => {
    const text = numbered([TEXT]);
    expect(eventsIn(eventsAfter(text, { by: 'id', value: 2 })).filter((event) => event.includes('data'))).toHaveLength(
      2,
    );
    const sequence = [0, 1, 2].map((n) => `data: {"sequence_number":${n}}\n\n`).join('');
    expect(eventsAfter(sequence, { by: 'sequence', value: 1 })).toBe('data: {"sequence_number":2}\n\n');
    expect(eventsAfter(sequence, { by: 'sequence', value: -1 })).toBe(sequence);
  });
});

it('a provider’s id of a response gives way to the one it is kept under, and nothing else does', () => {
  const name = new OwnResponseId('resp_own');
  expect(name.put('{"response":{"id":"resp_a"}}')).toBe('{"response":{"id":"resp_own"}}');
  expect(name.put('{"id":"resp_a","text":"resp_a, \\"resp_ab\\""}')).toBe(
    '{"id":"resp_own","text":"resp_a, \\"resp_ab\\""}',
  );
});
