import { budgetPeriod } from '@parley/domain/budgets/period';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { callStore } from '../requests/calls.suite.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { archiveBudget } from './archive.ts';
import { createBudget } from './create.ts';
import { decideBudgetIncrease } from './decide-increase.ts';
import { explainBudgetRefusal } from './explain.ts';
import { listBudgets } from './list.ts';
import { requestBudgetIncrease } from './request-increase.ts';
import { type Spender, spentBetween } from './spent.ts';
import { updateBudget } from './update.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

const HOUR = 3_600_000;
const NIL = '00000000-0000-0000-0000-000000000000';
const month = { slug: 'all', name: 'All', amount: '10' } as const;

describe('what was spent', () => {
  it('is exact whether an hour is rolled up, behind, or begins half way, for every scope', async () => {
    const { tenantId } = await kit.tenant();
    const [applicationId, keyId, apiId, teamId] = [newId(), newId(), newId(), newId()];
    const at = Math.floor(Date.now() / HOUR) * HOUR - 5 * HOUR;
    const whose = { tenantId, applicationId, keyId, apiId, model: 'swift' };
    const rolledUp = { ...whose, endUser: 'u', tags: { env: 'test' } };
    await calls.db.within({}, async (tx) => {
      await tx.team.create({ data: { tenantId, id: teamId, slug: 'blue', name: 'Blue' } });
      await tx.application.create({ data: { tenantId, id: applicationId, slug: 'app', name: 'App', teamId } });
      const hour = new Date(at + HOUR);
      // A rollup says 100; its call is stored as well, and must not count twice.
      await tx.$executeRaw`INSERT INTO usage_rollups (tenant_id, hour, consumer_tenant_id, application_id, key_id, api_id, api_version_id,
          plan_id, model, currency, requests, client_errors, server_errors, limited, input_tokens, cached_input_tokens, output_tokens,
          reasoning_tokens, cost_nano, request_bytes, response_bytes, duration_us)
        VALUES (${tenantId}::uuid, ${hour}, ${tenantId}::uuid, ${applicationId}::uuid, ${keyId}::uuid, ${apiId}::uuid, ${NIL}::uuid,
          ${NIL}::uuid, 'swift', 'USD', 1, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0)`;
      for (const [dimension, name, value] of [
        ['user', '', 'u'],
        ['tag', 'env', 'test'],
      ] as const) {
        await tx.usageAttribution.create({
          data: {
            tenantId,
            hour,
            dimension,
            name,
            value,
            consumerTenantId: tenantId,
            applicationId,
            apiId,
            currency: 'USD',
            requests: 1,
            inputTokens: 0,
            outputTokens: 0,
            costNano: 100n,
          },
        });
      }
      await tx.rollupDirtyHour.create({ data: { tenantId, hour: new Date(at + 2 * HOUR) } });
    });
    await calls.store(
      { ...rolledUp, atMs: at + HOUR + 1, costNano: 100n },
      { ...rolledUp, atMs: at + 2 * HOUR + 1, costNano: 10n },
      // In the part of an hour before the first whole one.
      { ...rolledUp, atMs: at + HOUR - 1, costNano: 1n },
      { tenantId, atMs: at + 2 * HOUR + 2, costNano: 1000n },
      { ...rolledUp, atMs: at + 2 * HOUR + 3, costNano: 5n, currency: 'EUR' },
    );
    const spent = (scope: Spender['scope'], subject: string) =>
      calls.db.within({}, (tx) =>
        spentBetween(tx, { tenantId, scope, subject, currency: 'USD' }, at + HOUR / 2, at + 4 * HOUR + 7),
      );
    for (const [scope, subject] of [
      ['team', teamId],
      ['application', applicationId],
      ['key', keyId],
      ['api', apiId],
      ['model', 'swift'],
      ['endUser', 'u'],
      ['tag', 'env=test'],
    ] as const) {
      expect(await spent(scope, subject), scope).toBe(111n);
    }
    expect(await spent('tenant', '')).toBe(1111n);
    expect(await spent('tag', 'env=prod')).toBe(0n);
  });
});

describe('a budget', () => {
  it('tells what is spent and left of its period, and says of its end that it is an estimate', async () => {
    const { owner, tenantId } = await kit.tenant();
    await createBudget(owner, { ...month, period: 'total' });
    await calls.store({ tenantId, costNano: 4_000_000_000n }, { tenantId, costNano: 1n, currency: 'EUR' });
    const [budget] = (await listBudgets(owner, {})).items;
    expect(budget).toMatchObject({
      amountNano: '10000000000',
      spentNano: '4000000000',
      leftNano: '6000000000',
      currency: 'USD',
    });
    expect(budget).toMatchObject({ mode: 'soft', thresholds: [50, 80, 100], periodEnd: null });
    const day = await createBudget(owner, { ...month, slug: 'day', period: 'day' });
    expect(Date.parse(day.periodStart ?? '')).toBe(budgetPeriod(Date.now(), 'day', 'UTC').startMs);
    await archiveBudget(owner, { budget: 'day' });
    expect((await listBudgets(owner, {})).items).toHaveLength(1);
  });

  it('refuses what is not there and amounts that are none, each beside its field', async () => {
    const { owner } = await kit.tenant();
    const other = await kit.tenant();
    await withModels(other.owner);
    for (const [input, path] of [
      [{ scope: 'model', subject: 'swift' }, 'subject'],
      [{ scope: 'team', subject: newId() }, 'subject'],
      [{ scope: 'tag', subject: 'env' }, 'subject'],
      [{ scope: 'endUser', subject: '' }, 'subject'],
      [{ amount: '0' }, 'amount'],
      [{ amount: '9000001' }, 'amount'],
      [{ webhook: 'nobody' }, null],
    ] as const) {
      const fault = await faultOf(createBudget(owner, { ...month, ...input }));
      expect(fault.issues?.[0]?.path ?? null, JSON.stringify(input)).toBe(path);
    }
  });

  it('is seen by members, changed by who may', async () => {
    const tenant = await kit.tenant();
    await createBudget(tenant.owner, month);
    const developer = await tenant.as('developer');
    expect((await listBudgets(developer, {})).items).toHaveLength(1);
    expect((await faultOf(updateBudget(developer, { budget: 'all', amount: '99' }))).code).toBe('forbidden');
    expect(await updateBudget(tenant.owner, { budget: 'all', amount: '12.5', mode: 'hard' })).toMatchObject({
      amountNano: '12500000000',
      mode: 'hard',
    });
  });

  it('grows for a while when somebody else approves, and not by the one who asked', async () => {
    const tenant = await kit.tenant();
    const developer = await tenant.as('developer');
    await createBudget(tenant.owner, month);
    const ask = { budget: 'all', amount: '5', reason: 'Launch', endsAt: new Date(Date.now() + HOUR).toISOString() };
    const [asked] = (await requestBudgetIncrease(developer, ask)).increases;
    if (!asked) throw new Error('no request');
    expect(asked).toMatchObject({ state: 'requested', own: true, reason: 'Launch' });
    const decide = { budget: 'all', increase: asked.id, decision: 'approve' } as const;
    expect((await faultOf(decideBudgetIncrease(developer, decide))).code).toBe('forbidden');
    // The owner of another tenant, who has a budget of that name, too.
    const other = await kit.tenant();
    await createBudget(other.owner, month);
    expect((await faultOf(decideBudgetIncrease(other.owner, decide))).code).toBe('not_found');
    const [mine] = (await requestBudgetIncrease(tenant.owner, ask)).increases.filter(({ own }) => own);
    expect((await faultOf(decideBudgetIncrease(tenant.owner, { ...decide, increase: mine?.id ?? '' }))).code).toBe(
      'forbidden',
    );
    expect(await decideBudgetIncrease(tenant.owner, decide)).toMatchObject({
      amountNano: '10000000000',
      effectiveNano: '15000000000',
    });
    expect((await faultOf(decideBudgetIncrease(tenant.owner, decide))).code).toBe('invalid_state');
    const ended = await decideBudgetIncrease(tenant.owner, { ...decide, decision: 'end' });
    expect(ended.effectiveNano).toBe('10000000000');
    const late = { ...ask, endsAt: new Date(Date.now() - 1).toISOString() };
    expect((await faultOf(requestBudgetIncrease(developer, late))).issues?.[0]?.path).toBe('endsAt');
  });

  it('is declared as code, by short names, and exports as it was declared', async () => {
    const { owner, slug } = await kit.tenant();
    await withModels(owner);
    const budgets = [
      {
        slug: 'swift',
        name: 'Swift',
        scope: 'model' as const,
        subject: 'swift',
        amount: '250.5',
        mode: 'hard' as const,
        thresholds: [90],
      },
    ];
    const document = {
      parley: 1 as const,
      tenant: slug,
      applications: [{ slug: 'shop', name: 'Shop' }],
      budgets: [
        ...budgets,
        {
          slug: 'shop',
          name: 'Shop',
          scope: 'application' as const,
          subject: 'shop',
          period: 'day' as const,
          amount: '1',
        },
      ],
    };
    expect((await applyDeclaration(owner, document)).steps.map(({ kind }) => kind)).toContain('budget');
    expect((await applyDeclaration(owner, document)).steps).toEqual([]);
    const exported = await exportDeclaration(owner, {});
    expect(exported.budgets).toMatchObject([
      { slug: 'shop', subject: 'shop', period: 'day' },
      { ...budgets[0], period: 'month' },
    ]);
    expect((await applyDeclaration(owner, exported)).steps).toEqual([]);
    const changed = {
      ...document,
      budgets: [
        { ...budgets[0], slug: 'swift', name: 'Swift', amount: '300', scope: 'model' as const, subject: 'swift' },
      ],
    };
    expect((await applyDeclaration(owner, changed)).steps).toMatchObject([
      { action: 'update', kind: 'budget', name: 'swift' },
    ]);
  });

  it('explains a refusal to the publisher and to nobody else', async () => {
    const publisher = await kit.tenant();
    const consumer = await kit.tenant();
    const budget = await createBudget(publisher.owner, month);
    const limit = {
      source: 'budget',
      name: 'All',
      budgetId: budget.id,
      counts: 'cost',
      currency: 'USD',
      amount: 1e10,
      left: 5,
      held: 2,
      wanted: 9,
      resetSeconds: 60,
    };
    const [id = '', fine = ''] = await calls.store(
      {
        tenantId: publisher.tenantId,
        consumerTenantId: consumer.tenantId,
        status: 402,
        code: 'budget_exhausted',
        limitRecord: JSON.stringify(limit),
      },
      { tenantId: publisher.tenantId },
    );
    expect((await explainBudgetRefusal(publisher.owner, { id })).limit).toMatchObject({
      left: 5,
      held: 2,
      wanted: 9,
      budget: { slug: 'all', name: 'All' },
      resetsAt: expect.any(String),
    });
    expect((await explainBudgetRefusal(publisher.owner, { id: fine })).limit).toBeNull();
    expect((await faultOf(explainBudgetRefusal(consumer.owner, { id }))).code).toBe('not_found');
  });
});
