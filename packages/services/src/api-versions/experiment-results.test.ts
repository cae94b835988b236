import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { callStore } from '../requests/calls.suite.ts';
import { getRequest } from '../requests/get.ts';
import { withPromptApi } from '../test/publisher.ts';
import { experimentResults } from './experiment-results.ts';
import { getApiVersion } from './get.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

const AT = { api: 'greet', version: 'v1' };

it('an experiment is told by variant: calls, failures, cost, times, schema and what callers said, since it was changed', async () => {
  const { owner, tenantId } = await kit.tenant();
  await withPromptApi(owner);
  expect(await experimentResults(owner, AT)).toEqual({ since: null, cut: false, variants: [] });
  const experiment = {
    variants: [
      { name: 'old', weight: 5000 },
      { name: 'new', promptVersion: 1, weight: 5000 },
    ],
  };
  await setPolicies(owner, { ...AT, policies: { experiment } });
  const { id: apiVersionId } = await getApiVersion(owner, AT);
  const call = (variant: string, more: object) => ({ tenantId, apiVersionId, variant, costNano: 1000n, ...more });
  const [fitted, mended] = [newId(), newId()];
  await calls.store(
    call('old', { id: fitted, durationUs: 1000n, outputCheck: 'first' }),
    call('old', { id: mended, durationUs: 3000n, outputCheck: 'repaired' }),
    call('new', { durationUs: 500n, ttftUs: 90n, outputCheck: 'failed', status: 502, code: 'output_schema_failed' }),
    { ...call('new', { durationUs: 9n }), apiVersionId: newId() },
  );
  const said = {
    tenantId,
    id: mended,
    apiVersionId,
    variant: 'old',
    score: 0.5,
    comment: 'Fine.',
    givenAt: new Date(),
  };
  await calls.db.within({}, (tx) =>
    tx.feedback.create({ data: { ...said, consumerTenantId: tenantId, applicationId: newId() } }),
  );
  const { variants, since } = await experimentResults(owner, AT);
  expect(since).not.toBeNull();
  expect(variants).toMatchObject([
    {
      name: 'old',
      promptVersion: null,
      calls: 2,
      failed: 0,
      costNano: '2000',
      currency: 'USD',
      p50Us: 2000,
      fitted: 1,
      repaired: 1,
      feedback: { count: 1, average: 0.5 },
    },
    { name: 'new', promptVersion: 1, calls: 1, failed: 1, unfit: 1, firstTokenP50Us: 90, feedback: { count: 0 } },
  ]);
  expect(await getRequest(owner, { id: mended })).toMatchObject({
    outputCheck: 'repaired',
    feedback: { score: 0.5, comment: 'Fine.' },
  });
  const changed = { variants: [...experiment.variants].reverse() };
  await setPolicies(owner, { ...AT, policies: { experiment: changed } });
  expect((await experimentResults(owner, AT)).variants.map(({ calls }) => calls)).toEqual([0, 0]);
});
