import { readFileSync } from 'node:fs';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { VERBS } from '../registry.ts';

const kit = testContext();
afterAll(() => kit.close());

const PAGE = readFileSync(new URL('../../../../docs/cost-reports.md', import.meta.url), 'utf8');
const ASKED = [...PAGE.matchAll(/curl ([^"]*)"\$PARLEY_URL\/api\/v1(\/[^"?]*)\??([^"]*)"/g)];

it('docs/cost-reports.md asks only what verbs answer, with parameters that they know', async () => {
  const { owner } = await kit.tenant();
  expect(ASKED.length).toBeGreaterThan(4);
  for (const [, flags = '', path = '', query = ''] of ASKED) {
    const method = flags.includes('-X POST') ? 'POST' : 'GET';
    const month = /\d{4}-\d\d/.exec(path)?.[0];
    const asked = path.replace(/\d{4}-\d\d/, '{month}').replace('/providers/openai/', '/providers/{provider}/');
    const verb = VERBS.find(({ spec }) => spec.rest?.method === method && spec.rest.path === asked);
    const input = { ...Object.fromEntries(new URLSearchParams(query)), ...(month ? { month } : {}) };
    expect(verb, path).toBeDefined();
    // Its own test gives it exports.
    if (method === 'POST') continue;
    const known = Object.keys((verb?.spec.input as unknown as { shape: object } | undefined)?.shape ?? {});
    expect(known, path).toEqual(expect.arrayContaining(Object.keys(input)));
    expect(await verb?.invoke(owner, input), path).toBeTypeOf('object');
  }
});
