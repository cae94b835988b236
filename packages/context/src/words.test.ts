import { describe, expect, it } from 'vitest';
import { rank } from './rank.ts';
import { charsOfEach, countOf, spokenText, wordsIn, wordsOf } from './words.ts';

const only = (text: string) => wordsIn(text).hashes;
const order = (question: string, texts: readonly string[]): number[] => {
  const scores = rank(
    wordsIn(question),
    texts.map((text) => [wordsIn(text)]),
  );
  return scores
    .map((score, at) => ({ score, at }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ at }) => at);
};

describe('words', () => {
  it('are the same in capitals, in other forms of the same letters and in the plural', () => {
    expect(only('Invoices ＮＵＭＢＥＲ')).toEqual(only('invoice number'));
    expect(only('glass')).not.toEqual(only('glas'));
  });

  it('that only ask and join are none', () => {
    expect(wordsIn('What is the of my').length).toBe(0);
  });

  it('of scripts without spaces are letters and pairs of them', () => {
    const [told, asked] = [wordsIn('私の猫の名前はタマです'), wordsIn('猫の名前')];
    expect(asked.length).toBe(7);
    expect([...asked.hashes].every((hash) => countOf(told, hash) > 0)).toBe(true);
  });

  it('of a message are what its texts and tools say, not its media and thoughts', () => {
    const said = spokenText({
      role: 'assistant',
      parts: [
        { kind: 'reasoning', text: 'secretly' },
        { kind: 'text', text: 'here' },
        { kind: 'tool_call', id: 'a', name: 'look', arguments: '{"q":"moss"}' },
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QUJD' } },
        { kind: 'tool_result', callId: 'a', parts: [{ kind: 'text', text: 'green' }] },
      ],
    });
    expect(said).toBe('here\nlook\n{"q":"moss"}\ngreen');
  });

  it('are looked at in fewer characters of each message, the more there are', () => {
    expect([charsOfEach(1), charsOfEach(256), charsOfEach(500), charsOfEach(4000)]).toEqual([8192, 8192, 4096, 512]);
    const message = { role: 'user', parts: [{ kind: 'text', text: 'one two three' }] } as const;
    expect(wordsOf(message, 8).length).toBe(2);
    expect(wordsOf(message, 8192).length).toBe(3);
  });
});

describe('rank', () => {
  it('puts the text with the rarer words first, and leaves out those that share none', () => {
    const texts = ['the oven is hot', 'the oven has code 77', 'a walk outside', 'oven oven oven'];
    expect(order('which code has the oven', texts)[0]).toBe(1);
    expect(order('which code has the oven', texts)).not.toContain(2);
    expect(order('nothing shared whatsoever', texts)).toEqual([]);
    expect(order('', texts)).toEqual([]);
  });

  it('takes a short text for better than a long one that says the same beside much else', () => {
    expect(order('moss', [`moss ${'and words beside '.repeat(40)}`, 'moss'])).toEqual([1, 0]);
  });
});
