import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { faultOf, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { createUpstream } from '../upstreams/create.ts';
import { deleteUpstream } from '../upstreams/delete.ts';
import { setDefinition } from './set-definition.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
afterAll(() => kit.close());

const AT = { api: 'orders', version: 'v1' };
const variants = (upstream: string) => [{ name: 'all', upstream, weight: 10_000 }];
const withSplit = (owner: Context, split: object) =>
  setDefinition(owner, {
    ...AT,
    definition: { kind: 'rest', routes: [{ method: 'GET', path: '/a', upstream: 'shop', policies: { split } }] },
  });

describe('the upstreams of a traffic split', () => {
  it('must exist, and stay while they are named', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const missing = await faultOf(withSplit(owner, { variants: variants('next'), mirror: { upstream: 'shadow' } }));
    expect(missing.issues.map(({ path }) => path)).toEqual([
      'definition.routes.0.policies.split.variants.0.upstream',
      'definition.routes.0.policies.split.mirror.upstream',
    ]);
    for (const slug of ['next', 'shadow']) {
      await createUpstream(owner, { slug, name: slug, baseUrl: 'http://127.0.0.1:9/' });
    }
    await withSplit(owner, { variants: variants('next') });
    await setPolicies(owner, { ...AT, policies: { split: { mirror: { upstream: 'shadow' } } } });
    for (const upstream of ['next', 'shadow']) {
      const kept = await faultOf(deleteUpstream(owner, { upstream }));
      expect(kept).toMatchObject({ code: 'invalid_state', message: expect.stringContaining('orders/v1') });
    }
    await setPolicies(owner, { ...AT, policies: {} });
    await deleteUpstream(owner, { upstream: 'shadow' });
  });

  it('are only for REST, and its rules are checked', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    const policies = { split: { variants: variants('swift') } };
    const prompt = await faultOf(setPolicies(owner, { api: 'greet', version: 'v1', policies }));
    expect(prompt.issues.map(({ path }) => path)).toEqual(['policies.split']);
    await withRestDraft(owner);
    const when = [{ in: 'header', name: 'a', test: 'regex', value: '(?=a)' }];
    const bad = await faultOf(withSplit(owner, { variants: variants('shop'), conditions: [{ variant: 'all', when }] }));
    expect(bad.issues.map(({ path }) => path)).toEqual([
      'definition.routes.0.policies.split.conditions.0.when.0.value',
    ]);
    for (const split of [
      { variants: [{ name: 'a', upstream: 'shop', weight: 9999 }] },
      { variants: variants('shop'), conditions: [{ variant: 'other', when: [{ in: 'query', name: 'a' }] }] },
      { variants: variants('shop'), by: { on: 'header' } },
      {},
    ]) {
      expect((await faultOf(withSplit(owner, split))).code, JSON.stringify(split)).toBe('invalid_input');
    }
  });
});
