import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { listUpstreamOptions } from './list-options.ts';

const kit = testContext();
afterAll(() => kit.close());

it('describes every option there is, with words for its form', async () => {
  const { owner } = await kit.tenant();
  const { items } = await listUpstreamOptions(owner, {});
  expect(items.map(({ name }) => name)).toContain('breaker');
  for (const { name, title, purpose, schema } of items) {
    expect(title, name).not.toBe('');
    expect(purpose, name).toMatch(/\.$/);
    expect(schema['description'], `${name} has no description for its form`).toBeTruthy();
  }
});
