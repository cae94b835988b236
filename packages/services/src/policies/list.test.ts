import { POLICIES } from '@parley/contracts/policies';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { listPolicies } from './list.ts';

const kit = testContext();
afterAll(() => kit.close());

it('describes every policy there is, as an object with named settings', async () => {
  const { owner } = await kit.tenant();
  const { items } = await listPolicies(owner, {});
  expect(items.map(({ kind }) => kind)).toEqual(Object.keys(POLICIES));
  for (const { kind, title, purpose, schema } of items) {
    expect(title, kind).not.toBe('');
    expect(purpose, kind).toMatch(/\.$/);
    expect(schema['type'], kind).toBe('object');
    for (const [name, field] of Object.entries(schema['properties'] as Record<string, { description?: string }>)) {
      expect(field.description, `${kind}.${name} has no description for its form`).toBeTruthy();
    }
  }
});
