import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventReader } from '../../../gateway-call/event-reader.ts';
import { pieceOf } from './event-stream.ts';

const STREAM =
  'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"choices":[{"delta":{"content":"Hel"}}]}\n\n: ping\n\n' +
  'data: {"choices":[{"delta":{"content":"lo"}}],"usage":null}\r\n\r\nevent: delta\ndata: {"text":"!"}\n\n' +
  'event: done\ndata: {"output":"Hello!"}\n\ndata: [DONE]\n\n';

test('the text is the same wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      const reader = new EventReader();
      const pieces = at.slice(1).flatMap((end, index) => reader.push(STREAM.slice(at[index], end)).map(pieceOf));
      expect(pieces.join('')).toBe('Hello!');
    }),
  );
});

test('an error in the stream is said, and what is no JSON adds nothing', () => {
  expect(pieceOf({ event: 'error', data: '{"detail":"The upstream broke off."}' })).toContain(
    'The upstream broke off.',
  );
  expect(pieceOf({ event: 'message', data: '{"error":{"message":"cut"}}' })).toContain('cut');
  expect(pieceOf({ event: 'message', data: 'plain' })).toBe('');
});
