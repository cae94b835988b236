import { collect } from '@parley/testkit/collect';
import { testContext } from '@parley/testkit/context';
import { startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { updateModel } from '../models/update.ts';
import { faultOf, GREETING, withModels } from '../test/publisher.ts';
import { type RunEvent, runDraft } from './run-draft.ts';

const kit = testContext();
let simulator: Awaited<ReturnType<typeof startSimulator>>;
let owner: Context;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, msPerToken: 3 });
  owner = (await kit.tenant()).owner;
  await withModels(owner, `${simulator.url}/v1`);
});
afterAll(() => Promise.all([kit.close(), simulator.close()]));

const still = new AbortController().signal;
async function run(input: object, context = owner): Promise<RunEvent[]> {
  return collect(await runDraft(context, { definition: GREETING, variables: { name: 'Ada' }, ...input }, still));
}

describe('a test run of a prompt', () => {
  it('streams the model’s own text and ends with its tokens, cost and time', async () => {
    const events = await run({});
    const done = events.at(-1);
    if (done?.type !== 'done') throw new Error(`ended with ${JSON.stringify(done)}`);
    expect(events.slice(0, -1).every(({ type }) => type === 'text')).toBe(true);
    expect(events.length).toBeGreaterThan(2);
    expect(done.usage?.outputTokens).toBeGreaterThan(0);
    const { inputTokens = 0, outputTokens = 0 } = done.usage ?? {};
    expect(Number(done.cost)).toBeCloseTo((inputTokens * 2.5 + outputTokens * 10) / 1e6, 9);
    expect(done).toMatchObject({ currency: 'USD', finishReason: 'stop', outputProblem: null });
    expect(done.latencyMs).toBeGreaterThanOrEqual(done.firstTextMs ?? Number.POSITIVE_INFINITY);
  });

  it('says before it calls anything which variable or field is wrong, and who may run it', async () => {
    expect((await faultOf(run({ variables: {} }))).issues).toMatchObject([{ path: 'variables.name' }]);
    expect((await faultOf(run({ definition: { ...GREETING, model: 'nope' } }))).issues).toMatchObject([
      { path: 'definition.model' },
    ]);
    expect(
      (await faultOf(run({ definition: { ...GREETING, messages: [{ role: 'user', text: '{{x}}' }] } }))).issues,
    ).toMatchObject([{ path: 'definition.messages.0.text' }]);
    const viewer = { ...owner, permissions: new Set<never>() };
    expect((await faultOf(run({}, viewer))).code).toBe('forbidden');
    expect((await faultOf(run({}, { ...kit.visitor, tenantId: owner.tenantId }))).code).toBe('unauthenticated');
  });

  it.each([
    ['sim-small+cut:5', 'broke off'],
    ['sim-small+500', '500'],
    ['sim-small+no-done', 'broke off'],
    ['sim-small+429', 'limiting'],
  ])('tells in words when the provider fails (%s)', async (providerModel, words) => {
    await updateModel(owner, { model: 'swift', providerModel });
    try {
      const last = (await run({})).at(-1);
      expect(last).toMatchObject({ type: 'failed', message: expect.stringContaining(words) });
    } finally {
      await updateModel(owner, { model: 'swift', providerModel: 'sim-small' });
    }
  });

  it('leaves the provider at once when nobody listens any more', async () => {
    const left = new AbortController();
    const events = await runDraft(owner, { definition: GREETING, variables: { name: 'Ada' } }, left.signal);
    left.abort();
    expect(await collect(events)).toMatchObject([{ type: 'failed' }]);
  });
});
