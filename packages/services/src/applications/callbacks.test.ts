import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { listAudit } from '../audit/list.ts';
import { listDeliveries } from '../deliveries/list.ts';
import { faultOf, withRestDraft } from '../test/publisher.ts';
import { createApplication } from './create.ts';
import { listCallbacks } from './list-callbacks.ts';
import { replayCallback } from './replay-callback.ts';

const kit = testContext();
const worker = new pg.Pool({ connectionString: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, max: 2 });
afterAll(async () => {
  await worker.end();
  await kit.close();
});

/** A callback as a worker leaves it. Answers the job's id. */
async function callback(tenantId: string, applicationId: string, state: string): Promise<string> {
  const [job, id] = [newId(), newId()];
  await worker.query(
    `INSERT INTO webhook_events (tenant_id, id, api_id, api_version_id, consumer_tenant_id, application_id, request_id, method,
       path, headers, body_bytes, rules, accepted_at, keep_until, callback_url)
     VALUES ($1, $2, $2, $2, $1, $3, $2, 'POST', '/done', '[]', 5, '{}', now(), now() + interval '7 days',
       'https://hooks.example.com/done?token=hush')`,
    [tenantId, job, applicationId],
  );
  await worker.query(
    `INSERT INTO webhook_deliveries (tenant_id, id, event_id, api_id, upstream_id, upstream_slug, state, tries, starts, lost,
       concurrency, next_try_at, last_status, accepted_at, ended_at)
     VALUES ($1, $2, $3, $3, $4, 'callback', $5::delivery_state, 9, 9, 1, 10, now(), 500, now(), $6)`,
    [tenantId, id, job, applicationId, state, state === 'waiting' ? null : new Date()],
  );
  return job;
}

describe('callbacks of jobs', () => {
  test('are listed with how they went, without what their addresses may hold', async () => {
    const { owner, tenantId, as } = await kit.tenant();
    const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
    const [failed, waiting] = [await callback(tenantId, id, 'failed'), await callback(tenantId, id, 'waiting')];
    const { items } = await listCallbacks(await as('viewer'), { application: 'shop' });
    expect(items.map(({ job, state }) => [job, state])).toEqual([
      [waiting, 'waiting'],
      [failed, 'failed'],
    ]);
    expect(items[1]).toMatchObject({ host: 'hooks.example.com', tries: 9, lastStatus: 500, nextTryAt: null });
    expect(JSON.stringify(items)).not.toContain('hush');
  });

  test('that have failed are sent again with all tries, and it stands in the audit log', async () => {
    const { owner, tenantId } = await kit.tenant();
    const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
    const job = await callback(tenantId, id, 'failed');
    expect(await replayCallback(owner, { application: 'shop', job })).toEqual({ job, state: 'waiting' });
    const { items } = await listCallbacks(owner, { application: 'shop' });
    expect(items).toMatchObject([{ job, state: 'waiting', tries: 0, endedAt: null }]);
    const { rows } = await worker.query('SELECT lost FROM webhook_deliveries WHERE event_id = $1', [job]);
    expect(rows).toEqual([{ lost: 0 }]);
    const [record] = (await listAudit(owner, { action: 'applications.replayCallback' })).items;
    expect(record?.detail).toEqual({ job, host: 'hooks.example.com', was: 'failed' });
    expect((await faultOf(replayCallback(owner, { application: 'shop', job }))).code).toBe('invalid_state');
  });

  test('are an application’s own, and no event of a publisher', async () => {
    const [mine, theirs] = [await kit.tenant(), await kit.tenant()];
    const { id } = await createApplication(theirs.owner, { slug: 'shop', name: 'Shop' });
    await createApplication(theirs.owner, { slug: 'other', name: 'Other' });
    await createApplication(mine.owner, { slug: 'shop', name: 'Shop' });
    const job = await callback(theirs.tenantId, id, 'failed');
    expect((await faultOf(replayCallback(mine.owner, { application: 'shop', job }))).code).toBe('not_found');
    expect((await faultOf(replayCallback(mine.owner, { application: id, job }))).code).toBe('not_found');
    expect((await faultOf(replayCallback(theirs.owner, { application: 'other', job }))).code).toBe('not_found');
    expect((await faultOf(replayCallback(await theirs.as('viewer'), { application: 'shop', job }))).code).toBe(
      'forbidden',
    );
    expect((await listCallbacks(mine.owner, { application: 'shop' })).items).toEqual([]);
    await withRestDraft(theirs.owner);
    expect((await listDeliveries(theirs.owner, { api: 'orders' })).items).toEqual([]);
  });
});
