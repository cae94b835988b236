import { type Counted, countedBy, currencyOf, type LimitScope } from '@parley/contracts/policies/limits';
import type { CalendarPeriod } from '@parley/domain/calendar-period';
import { counterSlot } from '@parley/domain/limits/counter-slot';
import { counterSubject } from '@parley/domain/limits/counter-subject';
import type { Pool } from 'pg';
import type { RestoredRule } from './restored-rules.ts';

/** What a counter has to say, from events. */
export interface UsedAmount {
  readonly counter: string;
  readonly marker: string;
  readonly amount: bigint;
}

/** What tells the subjects of a scope apart, in SQL; `e` is the event, `a` its application. */
const SUBJECTS: Readonly<Record<LimitScope, readonly Column[]>> = {
  application: ['subscription'],
  key: ['subscription', 'key'],
  route: ['subscription', 'endpoint'],
  address: [],
  api: [],
  tenant: ['consumer'],
  team: ['consumer', 'team'],
  model: ['subscription', 'model'],
  user: ['subscription', 'user'],
  tag: ['subscription', 'tag'],
};

const COLUMNS = {
  subscription: 'e.subscription_id::text',
  key: 'e.key_id::text',
  endpoint: 'coalesce(e.route_id, e.api_version_id)::text',
  consumer: 'e.consumer_tenant_id::text',
  team: "coalesce(a.team_id::text, '')",
  model: "coalesce(e.model, '')",
  user: "coalesce(e.end_user, '')",
  tag: "coalesce(e.tags ->> $8, '')",
} as const;
type Column = keyof typeof COLUMNS;

/** Let in, as far as an event tells: where that is not known, it counts. */
const LET_IN = '(e.attempts > 0 OR e.code IS NULL OR e.status >= 500)';

const AMOUNTS: Readonly<Record<Exclude<Counted, 'running'>, string>> = {
  requests: `count(*) FILTER (WHERE ${LET_IN})`,
  requestBytes: `coalesce(sum(e.request_bytes) FILTER (WHERE ${LET_IN}), 0)`,
  tokens: 'sum(e.input_tokens::bigint + e.output_tokens)',
  cost: 'coalesce(sum(e.cost_nano) FILTER (WHERE e.currency = $9), 0)',
};

/** The lowest UUIDv7 of a millisecond, and its UTC day. */
function bound(atMs: number): { readonly id: string; readonly day: string } {
  const hex = Math.floor(atMs).toString(16).padStart(12, '0');
  return {
    id: `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`,
    day: new Date(atMs).toISOString().slice(0, 10),
  };
}

/**
 * What calls that began in the period and before `untilMs` took of a rule, for each of its counters. Calls the gateway made
 * itself are none of it.
 */
export async function usedAmounts(
  pool: Pool,
  of: RestoredRule,
  period: CalendarPeriod,
  untilMs: number,
): Promise<UsedAmount[]> {
  const { rule } = of;
  const counted = countedBy(rule);
  if (counted === 'running' || untilMs <= period.startMs) return [];
  const columns = SUBJECTS[rule.scope];
  const [from, until] = [bound(period.startMs), bound(untilMs)];
  const named = columns.map((name) => `${COLUMNS[name]} AS ${name}`);
  const { rows } = await pool.query<Record<Column, string> & { amount: string }>(
    `SELECT ${[...named, `(${AMOUNTS[counted]})::text AS amount`].join(', ')}
     FROM usage_events e${columns.includes('team') ? ' LEFT JOIN applications a ON a.tenant_id = e.consumer_tenant_id AND a.id = e.application_id' : ''}
     WHERE e.tenant_id = $1::uuid AND e.event_day >= $2::date AND e.event_day <= $3::date
       AND e.id >= $4::uuid AND e.id < $5::uuid AND e.api_version_id = $6::uuid
       AND e.purpose IS NULL AND e.subscription_id IS NOT NULL
       AND CASE WHEN $7::jsonb ? 'only' THEN e.route_id = ($7::jsonb ->> 'only')::uuid
           ELSE e.route_id IS NULL OR NOT $7::jsonb -> 'except' ? e.route_id::text END
       AND ($8::text IS NOT NULL OR $9::text IS NOT NULL)
     ${named.length === 0 ? '' : `GROUP BY ${columns.map((_, i) => i + 1).join(', ')}`}`,
    [
      of.tenantId,
      from.day,
      until.day,
      from.id,
      until.id,
      of.versionId,
      JSON.stringify(of.routeId === null ? { except: of.except } : { only: of.routeId }),
      rule.tag ?? '',
      currencyOf(rule) ?? '',
    ],
  );
  return rows.map((row) => {
    const subscriptionId = row.subscription ?? '';
    const { prefix, marker } = counterSlot(of.wide, of.tenantId, subscriptionId);
    const subject = counterSubject(rule.scope, rule.tag ?? '', {
      subscriptionId,
      keyId: row.key ?? '',
      endpointId: row.endpoint ?? '',
      address: '',
      consumerTenantId: row.consumer ?? '',
      teamId: row.team ?? '',
      model: row.model ?? '',
      user: row.user ?? '',
      tags: rule.tag === undefined ? undefined : { [rule.tag]: row.tag ?? '' },
    });
    return { counter: `${prefix}${of.identity}:${subject}`, marker, amount: BigInt(row.amount ?? '0') };
  });
}
