import { answerLoad } from '@parley/context/archive/answer-asks';
import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';

/** Puts a session that Redis has lost there again, for a gateway that waits for it. */
export const contextLoad = defineJob({
  name: 'context.load',
  schema: JOBS['context.load'].schema,
  // Whoever asked has been answered 503 by the time it would be looked at.
  tenantOf: () => null,
  handle: ({ payload, ports }) => answerLoad(ports.pool, ports.redis, payload),
});
