import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';

/** The latest word holds, in whichever order they come; a key that is gone is none. */
const STORE = `
UPDATE provider_keys SET rests_until = $3, rests_why = $4, health_at = $5
WHERE tenant_id = $1 AND id = $2 AND (health_at IS NULL OR health_at <= $5)`;

/** Notes how a provider's key fares, for the people who look after it. */
export const providerKeyHealth = defineJob({
  name: 'providerKey.health',
  schema: JOBS['providerKey.health'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports }) {
    const { tenantId, keyId, trouble, restsUntilMs, atMs } = payload;
    const until = trouble === null ? null : new Date(restsUntilMs).toISOString();
    await ports.pool.query({ text: STORE, values: [tenantId, keyId, until, trouble, new Date(atMs).toISOString()] });
  },
});
