import { describe, expect, it } from 'vitest';
import { codec } from './codec.ts';

function count(body: unknown): number {
  const call = codec.client?.envelope(JSON.stringify(body), { model: 'm', stream: false, query: '' });
  if (!call || 'malformed' in call) throw new Error('not read');
  const answer = codec.client?.countTokens?.(call);
  if (typeof answer !== 'string') throw new Error(answer?.message);
  return JSON.parse(answer).totalTokens;
}

const contents = [{ role: 'user', parts: [{ text: 'How many tokens is this?' }] }];

describe('countTokens', () => {
  it('counts text, instruction and tools, in either form of the request', () => {
    const bare = count({ contents });
    expect(bare).toBeGreaterThan(5);
    expect(bare).toBeLessThan(30);
    expect(count({ generateContentRequest: { model: 'models/m', contents } })).toBe(bare);
    const tools = [{ functionDeclarations: [{ name: 'weather' }] }];
    expect(count({ contents, system_instruction: { parts: [{ text: 'Be brief.' }] }, tools })).toBeGreaterThan(
      bare + 3,
    );
  });

  it('counts a picture as one, however large it is', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'A'.repeat(10_000_000) } };
    expect(count({ contents: [{ parts: [picture] }] })).toBeLessThan(2000);
  });
});
