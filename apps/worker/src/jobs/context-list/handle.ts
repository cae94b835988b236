import { answerList } from '@parley/context/archive/answer-asks';
import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';

/** Leaves the sessions of an application in Redis, for a gateway that waits for them. */
export const contextList = defineJob({
  name: 'context.list',
  schema: JOBS['context.list'].schema,
  tenantOf: () => null,
  handle: ({ payload, ports }) => answerList(ports.pool, ports.redis, payload),
});
