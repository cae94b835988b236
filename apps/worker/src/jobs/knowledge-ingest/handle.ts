import { JOBS } from '@parley/contracts/jobs';
import { ingestDocument } from '@parley/services/knowledge/ingest';
import { defineJob } from '../../job.ts';

/** Does a slice of reading a document into its collection, and asks for the next one while there is more. */
export const knowledgeIngest = defineJob({
  name: 'knowledge.ingest',
  schema: JOBS['knowledge.ingest'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports }) {
    const { masterKey, allowedPrivate } = ports.providers;
    if (await ingestDocument({ db: ports.db, masterKey, allowedPrivate }, payload)) {
      await ports.producer.enqueue('knowledge.ingest', payload);
    }
  },
});
