import { JOBS } from '@parley/contracts/jobs';
import { executeRun } from '@parley/services/prompt-runs/execute';
import { defineJob } from '../../job.ts';

/** Does a slice of a run of the test bench, and asks for the next one while there is more. */
export const promptRun = defineJob({
  name: 'prompt.run',
  schema: JOBS['prompt.run'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports }) {
    const { masterKey, allowedPrivate } = ports.providers;
    if (await executeRun({ db: ports.db, masterKey, allowedPrivate }, payload)) {
      await ports.producer.enqueue('prompt.run', payload);
    }
  },
});
