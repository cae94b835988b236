import { redisKeys } from '@parley/contracts/redis-keys';
import { loadTestEnv } from '@parley/env/test';
import { newId } from '@parley/kernel/id';
import { Redis } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { SessionStore } from './session-store.ts';

const redis = new Redis(loadTestEnv().redisUrl);
afterAll(() => redis.quit());
const store = new SessionStore(redis);

async function talk(): Promise<string> {
  const id = newId();
  const facts = { tenantId: newId(), applicationId: newId(), owner: '', settings: Buffer.from('set') };
  await store.create(id, { ...facts, keepMs: 60_000 });
  return id;
}

async function headsOf(id: string) {
  const session = await store.read(id);
  if (session === null || session === 'deleted') throw new Error('the session is gone');
  return session.turns;
}

const texts = async (id: string, heads: Awaited<ReturnType<typeof headsOf>>) =>
  (await store.said(id, heads))?.map(({ revision, sealed }) => `${revision} ${String(sealed)}`) ?? null;

it('CP-8.1: tells what turns say, those that went on since they were read as they are now, and that they are gone', async () => {
  const id = await talk();
  const [first, second] = [newId(), newId()];
  await store.turn(id, { turnId: first, revision: 0, state: 'complete', sealed: Buffer.from('one\nline') });
  await store.turn(id, { turnId: second, revision: 0, state: 'open', sealed: Buffer.from('') });
  const heads = await headsOf(id);
  expect(await texts(id, heads)).toEqual(['0 one\nline', '0 ']);
  await store.turn(id, { turnId: second, revision: 12, state: 'complete', sealed: Buffer.from('two') });
  expect(await texts(id, heads)).toEqual(['0 one\nline', '12 two']);
  expect(await texts(id, await headsOf(id))).toEqual(['0 one\nline', '12 two']);
  await store.drop(id);
  expect(await texts(id, heads.slice(0, 1))).toBeNull();
  expect(await store.read(id)).toBe('deleted');
});

it('CP-8.4: puts a lost session back with what was said in it', async () => {
  const id = await talk();
  await store.turn(id, { turnId: newId(), revision: 3, state: 'complete', sealed: Buffer.from([0, 10, 255]) });
  const before = await store.read(id);
  if (before === null || before === 'deleted') throw new Error('the session is gone');
  const said = await store.said(id, before.turns);
  await redis.del(redisKeys.contextSession(id), redisKeys.contextTurns(id));
  const turns = before.turns.map((turn, at) => ({ ...turn, sealed: said?.[at]?.sealed ?? Buffer.alloc(0) }));
  expect(await store.restore(id, { ...before, turns })).toBe(true);
  expect(await store.read(id)).toEqual(before);
  expect(await store.said(id, before.turns)).toEqual([{ revision: 3, sealed: Buffer.from([0, 10, 255]) }]);
  expect(await store.restore(id, { ...before, turns })).toBe(false);
});
