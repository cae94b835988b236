import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContextLab, type Json, openContextLab } from './context-lab.ts';

/** docs/context-protocol.md, CP-6.5 and CP-6.11, through a real gateway. */
let lab: ContextLab;
beforeAll(async () => {
  lab = await openContextLab({ fast: 1200 });
});
afterAll(() => lab.close());

const SUBJECTS = ['tomatoes soil compost slugs', 'index query replica latency', 'chord melody strings rhythm'];

/** Three subjects of eight turns; something that is worth keeping is said in the second turn. */
async function talk(strategy: string): Promise<string> {
  const id = await lab.open({ strategy });
  for (const [at, words] of SUBJECTS.entries()) {
    for (let i = 0; i < 8; i++) {
      const fact = at === 0 && i === 1 ? ' The shed has lock code 4417.' : '';
      await lab.append(
        id,
        `Tell me of ${words} once more, please.${fact}`,
        `Of ${words} there is much: ${'more '.repeat(20)}`,
      );
    }
  }
  return id;
}

it.each(['sliding', 'relevance', 'hierarchical'])(
  'CP-6.5: %s sends what its preview says, within the window',
  async (strategy) => {
    const id = await talk(strategy);
    const question = 'Which code has the lock of the shed?';
    const preview = await lab.json('POST', `/v1/sessions/${id}/preview`, {
      model: 'fast',
      messages: [{ role: 'user', content: question }],
    });
    expect(preview).toMatchObject({ strategy, window: 1200 });
    expect(preview['tokens']).toBeLessThanOrEqual(preview['budget'] as number);
    const answer = await lab.ask(id, question);
    expect(lab.sent()).toEqual((preview['request'] as Json)['messages']);
    expect(answer.headers.get('x-context-used')).toMatch(new RegExp(`tokens=${String(preview['tokens'])}$`));
    expect(JSON.stringify(lab.sent()).includes('4417')).toBe(strategy !== 'sliding');
    const why = new Set((preview['manifest'] as Json[]).map((entry) => entry['why']));
    const own = { sliding: [], relevance: ['relevant'], hierarchical: ['topic'] }[strategy] ?? [];
    expect(why).toEqual(new Set(['budget', 'recent', ...own]));
  },
);

it('CP-6.11: an outline is sent as something said, and the preview tells it', async () => {
  const id = await talk('hierarchical');
  const preview = await lab.json('POST', `/v1/sessions/${id}/preview`, { model: 'fast', messages: [] });
  const [note] = preview['notes'] as Json[];
  expect(note).toMatchObject({ kind: 'outline', tokens: expect.any(Number) });
  const { messages } = preview['request'] as { messages: Json[] };
  expect(messages[0]).toEqual({ role: 'user', content: note?.['text'] });
});

it('CP-2.4: an unknown strategy is refused', async () => {
  const answer = await lab.send('POST', '/v1/sessions', { strategy: 'magic' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ pointer: '/strategy' }] }]);
});
