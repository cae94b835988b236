import { describe, expect, it } from 'vitest';
import { codec } from './codec.ts';

function countMessageTokens(text: string) {
  const call = codec.client!.envelope(text, { model: '', stream: false, query: '' });
  if ('malformed' in call) return call;
  const counted = codec.client!.countTokens!(call);
  return typeof counted === 'string' ? (JSON.parse(counted) as { input_tokens: number }) : counted;
}

const count = (members: object): number => {
  const counted = countMessageTokens(
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello there' }], ...members }),
  );
  if ('malformed' in counted) throw new Error(counted.message);
  return counted.input_tokens;
};
const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] });

describe('counting tokens without asking', () => {
  it('counts words', () => {
    expect(count({})).toBeLessThan(15);
    expect(count({ messages: [{ role: 'user', content: 'word '.repeat(1000) }] })).toBeGreaterThan(900);
  });

  it('counts instructions, tools, pictures, documents and thoughts', () => {
    const bare = count({});
    expect(count({ system: 'Be brief and kind.' })).toBeGreaterThan(bare);
    expect(count({ tools: [{ name: 'f', description: 'does', input_schema: { type: 'object' } }] })).toBeGreaterThan(
      bare + 300,
    );
    expect(count(user({ type: 'image', source: { type: 'url', url: 'https://x/a.png' } }))).toBeGreaterThan(1500);
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'A'.repeat(200_000) };
    expect(count(user({ type: 'document', source: pdf }))).toBeGreaterThan(4000);
    const thinking = { type: 'thinking', thinking: 'word '.repeat(100), signature: 's' };
    expect(count({ messages: [{ role: 'assistant', content: [thinking] }] })).toBeGreaterThan(90);
  });

  it('does not count a picture’s base64 as words', () => {
    const data = 'A'.repeat(4_000_000);
    expect(count(user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }))).toBeLessThan(
      1700,
    );
  });

  it('says which field is wrong', () => {
    expect(countMessageTokens('{"model":"m","messages":[{"role":"x"}]}')).toMatchObject({ param: 'messages[0].role' });
  });
});
