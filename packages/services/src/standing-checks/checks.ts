import { BILLABLE, BILLING_SUMS } from '../usage/billing-sql.ts';
import { INVOICE_CHECKS } from './invoice-checks.ts';
import { LEDGER_CHECKS } from './ledger-checks.ts';
import type { StandingCheck } from './standing-check.ts';

/** Later segments have come, and this one has been awaited for longer than a gateway needs to send it again. */
const LOST_AFTER = "interval '10 minutes'";

/** Of an hour, its events against its rollup; hours that are marked are to be added up yet. */
const ROLLUPS_THAT_DIFFER = `
  WITH events AS (
    SELECT tenant_id, date_trunc('hour', occurred_at, 'UTC') AS hour, count(*) FILTER (WHERE purpose IS NULL) AS requests,
      sum(input_tokens) AS input, sum(output_tokens) AS output, sum(cost_nano) AS cost
    FROM usage_events WHERE event_day >= ($1::timestamptz AT TIME ZONE 'UTC')::date AND occurred_at >= $1 GROUP BY 1, 2
  ), rollups AS (
    SELECT tenant_id, hour, sum(requests) AS requests, sum(input_tokens) AS input, sum(output_tokens) AS output, sum(cost_nano) AS cost
    FROM usage_rollups WHERE hour >= $1 GROUP BY 1, 2
  )
  SELECT tenant_id, hour, events.requests AS requests, rollups.requests AS added, events.cost AS cost, rollups.cost AS added_cost
  FROM events FULL JOIN rollups USING (tenant_id, hour)
  WHERE (events.requests, events.input, events.output, events.cost)
    IS DISTINCT FROM (rollups.requests, rollups.input, rollups.output, rollups.cost)
    AND NOT EXISTS (SELECT 1 FROM rollup_dirty_hours d WHERE d.tenant_id = coalesce(events.tenant_id, rollups.tenant_id) AND d.hour = coalesce(events.hour, rollups.hour))`;

const COMPARED = ['event_count', 'total_tokens', 'cost_nano', 'event_hash'];

/** Of an hour, the calls of subscriptions against what their bills are made of. */
const BILLS_THAT_DIFFER = `
  WITH events AS (
    SELECT tenant_id, date_trunc('hour', occurred_at, 'UTC') AS hour, ${COMPARED.map((name) => `${BILLING_SUMS[name]} AS ${name}`).join(', ')}
    FROM usage_events WHERE event_day >= ($1::timestamptz AT TIME ZONE 'UTC')::date AND occurred_at >= $1 AND ${BILLABLE} GROUP BY 1, 2
  ), bills AS (
    SELECT tenant_id, hour, sum(event_count) AS event_count, sum(total_tokens) AS total_tokens, sum(cost_nano) AS cost_nano,
      bit_xor(event_hash) AS event_hash
    FROM billing_rollups WHERE hour >= $1 GROUP BY 1, 2
  )
  SELECT tenant_id, hour, events.event_count AS calls, bills.event_count AS added, events.cost_nano AS cost, bills.cost_nano AS added_cost
  FROM events FULL JOIN bills USING (tenant_id, hour)
  WHERE (events.event_count, events.total_tokens, events.cost_nano, events.event_hash)
    IS DISTINCT FROM (bills.event_count, bills.total_tokens, bills.cost_nano, bills.event_hash)
    AND NOT EXISTS (SELECT 1 FROM rollup_dirty_hours d WHERE d.tenant_id = coalesce(events.tenant_id, bills.tenant_id) AND d.hour = coalesce(events.hour, bills.hour))`;

/** Every standing check, in the order in which usage becomes money. */
export const STANDING_CHECKS: readonly StandingCheck[] = [
  {
    name: 'decisions-events',
    title: 'Every call a gateway answered is stored',
    meaning:
      'Usage of calls that were answered is missing: a gateway’s disk may have been lost before it was handed over.',
    shared: true,
    sql: `
      SELECT '00000000-0000-0000-0000-000000000000'::uuid AS tenant_id, run::text AS subject, NULL::timestamptz AS about,
        format('Segment %s of node %s has not come; later ones have, up to %s.', awaited, node, upper(stored) - 1) AS detail
      FROM usage_runs WHERE upper(stored) > awaited AND awaited_at < clock_timestamp() - ${LOST_AFTER} AND $1::timestamptz IS NOT NULL`,
  },
  {
    name: 'events-refused',
    title: 'No usage waits among the failed jobs',
    meaning:
      'Calls were answered whose records could not be stored. Retry them under “Failed jobs” when the cause is mended.',
    sql: `
      SELECT tenant_id, id::text AS subject, NULL::timestamptz AS about, left(error, 500) AS detail
      FROM dead_letters WHERE job = 'usage.ingest' AND resolved_at IS NULL AND $1::timestamptz IS NOT NULL`,
  },
  {
    name: 'events-rollups',
    title: 'Hourly sums equal the calls they are made of',
    meaning: 'Usage was shown wrong for this hour. It has been added up again.',
    sql: `
      SELECT tenant_id, hour::text AS subject, hour AS about,
        format('%s calls and a cost of %s are stored; %s and %s were added up.', coalesce(requests, 0), coalesce(cost, 0),
          coalesce(added, 0), coalesce(added_cost, 0)) AS detail
      FROM (${ROLLUPS_THAT_DIFFER}) AS differing`,
    mend: `
      INSERT INTO rollup_dirty_hours (tenant_id, hour) SELECT tenant_id, hour FROM (${ROLLUPS_THAT_DIFFER}) AS differing
      ON CONFLICT DO NOTHING`,
  },
  {
    name: 'events-bills',
    title: 'Bills are made of exactly the calls that were stored',
    meaning: 'What this hour is billed by was wrong. It has been added up again, and is rated anew.',
    sql: `
      SELECT tenant_id, hour::text AS subject, hour AS about,
        format('%s calls of subscriptions and a cost of %s are stored; %s and %s were added up.', coalesce(calls, 0), coalesce(cost, 0),
          coalesce(added, 0), coalesce(added_cost, 0)) AS detail
      FROM (${BILLS_THAT_DIFFER}) AS differing`,
    mend: `
      INSERT INTO rollup_dirty_hours (tenant_id, hour) SELECT tenant_id, hour FROM (${BILLS_THAT_DIFFER}) AS differing
      ON CONFLICT DO NOTHING`,
  },
  ...LEDGER_CHECKS,
  ...INVOICE_CHECKS,
];
