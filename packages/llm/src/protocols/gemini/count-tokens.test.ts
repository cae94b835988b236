import { describe, expect, it } from 'vitest';
import { countTokensBody } from './count-tokens.ts';

function count(body: unknown): { totalTokens: number; promptTokensDetails: unknown } {
  const answer = countTokensBody(JSON.stringify(body));
  if (typeof answer !== 'string') throw new Error(answer.message);
  return JSON.parse(answer);
}

const contents = [{ role: 'user', parts: [{ text: 'How many tokens is this?' }] }];

describe('countTokens', () => {
  it('counts text, instruction and tools, in either form of the request', () => {
    const { totalTokens } = count({ contents });
    expect(totalTokens).toBeGreaterThan(5);
    expect(totalTokens).toBeLessThan(20);
    expect(count({ generateContentRequest: { model: 'models/m', contents } }).totalTokens).toBe(totalTokens);
    const more = {
      contents,
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [{ name: 'weather' }] }],
    };
    expect(count(more).totalTokens).toBeGreaterThan(totalTokens + 3);
  });

  it('counts a picture as one, however large it is', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'A'.repeat(100_000) } };
    const { totalTokens, promptTokensDetails } = count({ contents: [{ parts: [picture] }] });
    expect(totalTokens).toBeLessThan(300);
    expect(promptTokensDetails).toContainEqual({ modality: 'IMAGE', tokenCount: 258 });
  });

  it.each([
    ['{', null],
    ['[]', null],
    ['{}', 'contents'],
    ['{"contents":5}', 'contents'],
  ])('refuses %s', (text, param) => {
    expect(countTokensBody(text)).toMatchObject({ param });
  });
});
