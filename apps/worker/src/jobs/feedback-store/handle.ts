import { JOBS } from '@parley/contracts/jobs';
import { idDay } from '@parley/kernel/id';
import { defineJob } from '../../job.ts';

/** A call that is not stored after this long was none: its feedback is dropped. */
const WAIT_MS = 15 * 60_000;

/** A later word about the same call takes the place of the earlier one, whichever is stored first. */
const STORE = `
WITH call AS (
  SELECT * FROM usage_events
  WHERE id = $1 AND event_day = $2::date AND consumer_tenant_id = $3 AND application_id = $4
), stored AS (
  INSERT INTO feedback (tenant_id, id, consumer_tenant_id, application_id, api_version_id, prompt_version_id, variant,
    score, comment, given_at)
  SELECT tenant_id, id, consumer_tenant_id, application_id, api_version_id, prompt_version_id, variant, $5, $6, $7
  FROM call
  ON CONFLICT (tenant_id, id) DO UPDATE SET score = excluded.score, comment = excluded.comment, given_at = excluded.given_at
  WHERE feedback.given_at <= excluded.given_at
)
SELECT count(*)::int AS calls FROM call`;

/** Stores what a caller says of an answer of its own; about anybody else's calls nothing is stored. */
export const feedbackStore = defineJob({
  name: 'feedback.store',
  schema: JOBS['feedback.store'].schema,
  // A comment is the caller's: no publisher's dead letters keep it.
  tenantOf: () => null,
  async handle({ payload, sinceMs, ports, log }) {
    const { requestId, consumerTenantId, applicationId, score, comment, atMs } = payload;
    const values = [
      requestId,
      idDay(requestId),
      consumerTenantId,
      applicationId,
      score,
      comment.replaceAll('\0', '\uFFFD'),
      new Date(atMs).toISOString(),
    ];
    const { rows } = await ports.pool.query<{ calls: number }>({ text: STORE, values });
    if ((rows[0]?.calls ?? 0) > 0) return;
    if (ports.clock.nowMs() - sinceMs < WAIT_MS) throw new Error('the call it is about is not stored yet');
    log.info('feedback about no call of its giver is dropped');
  },
});
