import type { ContextRecord } from '@parley/contracts/context-records';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { contextList } from '../context-list/handle.ts';
import { contextLoad } from '../context-load/handle.ts';
import { partitionMaintain } from '../partition-maintain/handle.ts';
import { contextIngest } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const sealed = (text: string): string => Buffer.from(text).toString('base64');

async function scene() {
  const { tenantId } = await t.tenant();
  const [sessionId, applicationId] = [newId(), newId()];
  const place = { tenantId, sessionId };
  const now = Date.now();
  const session = (version: number, more: object = {}): ContextRecord => ({
    kind: 'session',
    ...place,
    applicationId,
    owner: '',
    version,
    state: 'active',
    sealed: sealed(`settings ${version}`),
    createdAtMs: now,
    updatedAtMs: now,
    keepUntilMs: now + 86_400_000,
    ...more,
  });
  const turn = (turnId: string, revision: number, more: object = {}): ContextRecord => ({
    kind: 'turn',
    ...place,
    turnId,
    sequence: 2,
    revision,
    state: 'open',
    atMs: now,
    keepUntilMs: now + 86_400_000,
    sealed: sealed(`revision ${revision}`),
    ...more,
  });
  const ingest = async (records: readonly ContextRecord[], torn = ''): Promise<string> => {
    const segmentId = `${newId()}-00000000`;
    const lines = `${records.map((record) => JSON.stringify(record)).join('\n')}\n${torn}`;
    await worker.run(contextIngest, { segmentId, lines });
    return segmentId;
  };
  const turns = () =>
    worker.rows<{ id: string; revision: string; state: string; sealed: Buffer }>(
      'SELECT id, revision, state, sealed FROM session_turns WHERE session_id = $1',
      sessionId,
    );
  const hot = () => worker.redis.exists(redisKeys.contextSession(sessionId));
  return { ...place, applicationId, session, turn, ingest, turns, hot };
}

it('CP-7.2: the highest revision of a turn and the highest version of settings hold, in whatever order and however often they come', async () => {
  const { session, turn, ingest, turns, sessionId } = await scene();
  const id = newId();
  const final = turn(id, 3, { state: 'complete' });
  const segmentId = await ingest([turn(id, 1), session(5), final, turn(id, 2), session(4)], '{"kind":"turn","torn');
  expect(await worker.redis.get(redisKeys.contextSegmentDone(segmentId))).toBe('1');
  await ingest([turn(id, 0), turn(id, 2), session(1)]);
  await ingest([final]);
  expect(await turns()).toEqual([{ id, revision: '3', state: 'complete', sealed: Buffer.from('revision 3') }]);
  const found = await worker.rows<{ version: string }>('SELECT version FROM context_sessions WHERE id = $1', sessionId);
  expect(found).toEqual([{ version: '5' }]);
});

it('CP-8.4: puts a session back into Redis for its own tenant only, and says what is not there', async () => {
  const { session, turn, ingest, hot, tenantId, sessionId } = await scene();
  const { tenantId: other } = await t.tenant();
  await ingest([session(1), turn(newId(), 1, { state: 'complete' }), turn(newId(), 1, { state: 'void' })]);
  await worker.run(contextLoad, { tenantId: other, sessionId });
  expect([await hot(), await worker.redis.exists(redisKeys.contextMissing(other, sessionId))]).toEqual([0, 1]);
  await worker.run(contextLoad, { tenantId, sessionId });
  expect(await worker.redis.hmget(redisKeys.contextSession(sessionId), 'n', 'v', 't')).toEqual(['1', '1000', tenantId]);
});

it('CP-5.3: lists an application’s own sessions only', async () => {
  const { session, ingest, tenantId, applicationId, sessionId } = await scene();
  const { tenantId: other } = await t.tenant();
  await ingest([session(1)]);
  const list = async (asked: object): Promise<unknown[]> => {
    const askId = newId();
    const all = { askId, tenantId, applicationId, owner: '', before: null, limit: 10, ...asked };
    await worker.run(contextList, all);
    return JSON.parse((await worker.redis.get(redisKeys.contextAnswer(askId))) ?? 'null') as unknown[];
  };
  expect(await list({})).toMatchObject([{ sessionId, turns: 0 }]);
  expect(await list({ tenantId: other })).toEqual([]);
  expect(await list({ applicationId: newId() })).toEqual([]);
  expect(await list({ owner: 'somebody' })).toEqual([]);
  expect(await list({ before: sessionId })).toEqual([]);
});

it('CP-8.3: what is deleted stays so, and what is kept for long enough goes with its turns', async () => {
  const { session, turn, ingest, turns, tenantId, sessionId, applicationId } = await scene();
  await ingest([session(1), turn(newId(), 1)]);
  await ingest([{ kind: 'gone', tenantId, sessionId, applicationId, atMs: Date.now() }, turn(newId(), 1)]);
  await ingest([session(9), turn(newId(), 1)]);
  expect(await turns()).toEqual([]);
  const states = await worker.rows<{ state: string }>('SELECT state FROM context_sessions WHERE id = $1', sessionId);
  expect(states).toEqual([{ state: 'deleted' }]);
  const old = await scene();
  const past = Date.now() - 7_200_000;
  const over = { keepUntilMs: past, updatedAtMs: past };
  await old.ingest([old.session(1, over), old.turn(newId(), 1, { atMs: past, keepUntilMs: past })]);
  await worker.run(partitionMaintain, {});
  expect(await old.turns()).toEqual([]);
  const left = await worker.rows('SELECT 1 FROM context_sessions WHERE id = $1', old.sessionId);
  expect(left).toEqual([]);
});
