import { readFileSync } from 'node:fs';
import { policiesSchema } from '@parley/contracts/policies';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { setPolicies } from '../api-versions/set-policies.ts';
import { withPromptApi } from '../test/publisher.ts';

const kit = testContext();
afterAll(() => kit.close());

const AT = { api: 'greet', version: 'v1' };
const routing = (embedding: string) => ({
  modelRouting: {
    aliases: [
      {
        name: 'smart',
        targets: [{ model: 'swift' }, { model: 'swift', route: 'code' }],
        semantic: { embedding, routes: [{ name: 'code', examples: ['Fix my code'] }] },
      },
    ],
  },
});

it('an embedding model that the tenant does not have is refused on save, by its place; “offline” and its own are taken', async () => {
  const { owner } = await kit.tenant();
  await withPromptApi(owner);
  const refused = await setPolicies(owner, { ...AT, policies: routing('nobody') }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'invalid_input' });
  expect(refused).toMatchObject({ issues: [{ path: 'policies.modelRouting.aliases.0.semantic.embedding' }] });
  for (const embedding of ['offline', 'swift']) {
    await expect(setPolicies(owner, { ...AT, policies: routing(embedding) })).resolves.toBeDefined();
  }
});

it('what the page of the model cache shows of meanings can be saved, and the offline embedding with other words cannot', () => {
  const page = readFileSync(new URL('../../../../docs/policies/model-cache.md', import.meta.url), 'utf8');
  const [, example = ''] = Array.from(page.matchAll(/```yaml\n(.*?)```/gs), ([, yaml]) => yaml);
  const { policies } = parse(example) as { policies: { modelCache: { semantic: object } } };
  expect(policiesSchema.parse(policies).modelCache?.semantic).toMatchObject({ mode: 'shadow', embedding: 'offline' });
  const free = { modelCache: { semantic: { wording: 'free' } } };
  expect(policiesSchema.safeParse(free).error?.issues[0]?.message).toContain('Other words need a model’s embedding');
});
