import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';

/** Partitions are made this many days ahead, so that no call ever waits for one. */
const DAYS_AHEAD = 14;

/** What is only kept for a while, and the condition under which it may go. */
const FORGOTTEN: readonly (readonly [table: string, condition: string])[] = [
  ['outbox_entries', "dispatched_at < now() - interval '7 days'"],
  ['idempotency_keys', "created_at < now() - interval '2 days'"],
  ['verification_tokens', "expires_at < now() - interval '1 day'"],
  [
    'webhook_events e',
    `keep_until < now() AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.tenant_id = e.tenant_id
       AND d.event_id = e.id AND d.state IN ('waiting', 'sending'))`,
  ],
  ['webhook_secrets', "expires_at < now() - interval '1 day'"],
  ['call_bodies', 'keep_until < now()'],
  ['context_sessions', 'keep_until < now()'],
  // Of a session that is not there (any more); one that is new may come after its first turn.
  [
    'session_turns t',
    `at < now() - interval '1 hour' AND NOT EXISTS (SELECT 1 FROM context_sessions s WHERE s.tenant_id = t.tenant_id
       AND s.id = t.session_id AND s.state <> 'deleted')`,
  ],
  [
    'session_summaries t',
    `at < now() - interval '1 hour' AND NOT EXISTS (SELECT 1 FROM context_sessions s WHERE s.tenant_id = t.tenant_id
       AND s.id = t.session_id AND s.state <> 'deleted')`,
  ],
  ['usage_runs', "seen_at < now() - interval '60 days'"],
  ['standing_check_findings', "resolved_at < now() - interval '400 days'"],
  ['worker_beats', "at < now() - interval '1 hour'"],
];

/** Makes the day partitions of the days to come, and removes what has served its time. */
export const partitionMaintain = defineJob({
  name: 'partition.maintain',
  schema: JOBS['partition.maintain'].schema,
  tenantOf: () => null,
  async handle({ ports }) {
    await ports.pool.query(
      `SELECT ensure_usage_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + $1::int)`,
      [DAYS_AHEAD],
    );
    for (const [table, condition] of FORGOTTEN) await ports.pool.query(`DELETE FROM ${table} WHERE ${condition}`);
  },
});
