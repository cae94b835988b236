import type { JobPayload } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { SessionStore } from '../store/session-store.ts';
import { listSessions, loadSession } from './load.ts';

/** What is not there now may be stored in a moment. */
const MISSING_SECONDS = 2;
/** Longer than anybody waits for an answer. */
const ANSWER_SECONDS = 30;

/** Answers a gateway that misses a session: by putting it into the hot store, or saying that there is none (CP-8.4). */
export async function answerLoad(
  pool: Pool,
  redis: Redis,
  asked: JobPayload<'context.load'>,
  store: SessionStore = new SessionStore(redis),
): Promise<void> {
  const found = await loadSession(pool, store, asked);
  if (found === 'deleted') await store.drop(asked.sessionId);
  const { tenantId, sessionId } = asked;
  if (found === 'missing') await redis.set(redisKeys.contextMissing(tenantId, sessionId), '1', 'EX', MISSING_SECONDS);
}

/** Answers a gateway that asks for an application's sessions. */
export async function answerList(pool: Pool, redis: Redis, asked: JobPayload<'context.list'>): Promise<void> {
  const found = await listSessions(pool, asked);
  await redis.set(redisKeys.contextAnswer(asked.askId), JSON.stringify(found), 'EX', ANSWER_SECONDS);
}
