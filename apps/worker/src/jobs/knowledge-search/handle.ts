import { JOBS } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';
import { answerAsk } from '@parley/services/knowledge/answer-ask';
import { defineJob } from '../../job.ts';

/** Longer than any gateway waits for an answer. */
const ANSWER_SECONDS = 15;

/** Searches collections for a gateway that waits; both question and answer are sealed. */
export const knowledgeSearch = defineJob({
  name: 'knowledge.search',
  schema: JOBS['knowledge.search'].schema,
  tenantOf: () => null,
  async handle({ payload, ports }) {
    const { masterKey, allowedPrivate } = ports.providers;
    const answer = await answerAsk({ db: ports.db, masterKey, allowedPrivate }, payload);
    await ports.redis.set(redisKeys.knowledgeAnswer(payload.askId), answer, 'EX', ANSWER_SECONDS);
  },
});
