import type { BudgetScope } from '@parley/contracts/budget';
import type { Transaction } from '@parley/db/client';
import { callsWithin } from '../usage/facts.ts';
import { SqlValues } from '../usage/sql-values.ts';

const HOUR_MS = 3_600_000;

/** Whose spending: `subject` as budgets keep it. */
export interface Spender {
  readonly tenantId: string;
  readonly scope: BudgetScope;
  readonly subject: string;
  readonly currency: string;
}

/** Column of events and rollups that a budget of that scope is about. */
const COLUMNS = {
  application: ['application_id', 'uuid'],
  key: ['key_id', 'uuid'],
  api: ['api_id', 'uuid'],
  model: ['model', 'text'],
} as const;

/** The name and value of a tag that a budget is about. */
export function tagOf(subject: string): readonly [name: string, value: string] {
  const at = subject.indexOf('=');
  return [subject.slice(0, at), subject.slice(at + 1)];
}

/**
 * What calls to a tenant's APIs cost at providers in a stretch of time, in nano-units of one currency: exact up to the latest
 * stored call. Whole hours come from their rollups; hours whose rollup is behind, or does not tell these calls apart, and
 * parts of hours, from the calls themselves.
 */
export async function spentBetween(tx: Transaction, spender: Spender, fromMs: number, toMs: number): Promise<bigint> {
  const firstMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const lastMs = Math.max(firstMs, Math.floor(toMs / HOUR_MS) * HOUR_MS);
  const apart = await hoursApart(tx, spender, firstMs, lastMs);
  let nano = await ofRollups(tx, spender, { fromMs: firstMs, toMs: lastMs, apart });
  for (const part of [...joined(apart), { fromMs, toMs: Math.min(firstMs, toMs) }, { fromMs: lastMs, toMs }]) {
    if (part.fromMs < part.toMs) nano += await ofCalls(tx, spender, part.fromMs, part.toMs);
  }
  return nano;
}

const isAttributed = (scope: BudgetScope): scope is 'endUser' | 'tag' => scope === 'endUser' || scope === 'tag';

/** Begin of each hour whose rollup cannot be taken, Unix ms. */
async function hoursApart(
  tx: Transaction,
  { tenantId, scope }: Spender,
  fromMs: number,
  toMs: number,
): Promise<number[]> {
  const rows = await tx.$queryRawUnsafe<{ ms: number }[]>(
    `SELECT DISTINCT (extract(epoch FROM hour) * 1000)::float8 AS ms FROM (
       SELECT hour FROM rollup_dirty_hours WHERE tenant_id = $1::uuid
       ${isAttributed(scope) ? `UNION ALL SELECT hour FROM usage_attribution WHERE tenant_id = $1::uuid AND dimension = $4::text AND name = '' AND value = ''` : ''}
     ) apart WHERE hour >= $2::timestamptz AND hour < $3::timestamptz ORDER BY 1`,
    tenantId,
    new Date(fromMs).toISOString(),
    new Date(toMs).toISOString(),
    ...(isAttributed(scope) ? [scope === 'tag' ? 'tag' : 'user'] : []),
  );
  return rows.map(({ ms }) => ms);
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Hours one after another as one stretch. */
function joined(hours: readonly number[]): Stretch[] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const hour of hours) {
    const last = stretches.at(-1);
    if (last?.toMs === hour) last.toMs = hour + HOUR_MS;
    else stretches.push({ fromMs: hour, toMs: hour + HOUR_MS });
  }
  return stretches;
}

async function ofRollups(
  tx: Transaction,
  spender: Spender,
  { fromMs, toMs, apart }: Stretch & { apart: readonly number[] },
): Promise<bigint> {
  if (fromMs >= toMs) return 0n;
  const { tenantId, scope, subject, currency } = spender;
  const values = new SqlValues();
  const where = [`tenant_id = ${values.add(tenantId, 'uuid')}`, `currency = ${values.add(currency, 'text')}`];
  const time = (ms: number): string => values.add(new Date(ms).toISOString(), 'timestamptz');
  where.push(`hour >= ${time(fromMs)}`, `hour < ${time(toMs)}`);
  if (apart.length > 0) where.push(`hour NOT IN (${apart.map(time).join(', ')})`);
  if (isAttributed(scope)) {
    const [name, value] = scope === 'tag' ? tagOf(subject) : ['', subject];
    where.push(`dimension = ${values.add(scope === 'tag' ? 'tag' : 'user', 'text')}`);
    where.push(`name = ${values.add(name, 'text')}`, `value = ${values.add(value, 'text')}`);
  } else where.push(condition(spender, values));
  return sumOf(tx, isAttributed(scope) ? 'usage_attribution' : 'usage_rollups', where, values);
}

async function ofCalls(tx: Transaction, spender: Spender, fromMs: number, toMs: number): Promise<bigint> {
  const { tenantId, scope, subject, currency } = spender;
  const values = new SqlValues();
  const where = [`tenant_id = ${values.add(tenantId, 'uuid')}`, `currency = ${values.add(currency, 'text')}`];
  where.push(callsWithin(fromMs, toMs, values));
  if (scope === 'endUser') where.push('end_user IS NOT NULL', `end_user = ${values.add(subject, 'text')}`);
  else if (scope === 'tag') {
    const [name, value] = tagOf(subject);
    where.push('(end_user IS NOT NULL OR tags IS NOT NULL)');
    where.push(`tags ->> ${values.add(name, 'text')} = ${values.add(value, 'text')}`);
  } else where.push(condition(spender, values));
  return sumOf(tx, 'usage_events', where, values);
}

/** Which calls, by columns that events and rollups both have. */
function condition({ scope, subject, tenantId }: Spender, values: SqlValues): string {
  if (isAttributed(scope) || scope === 'tenant') return 'TRUE';
  if (scope === 'team') {
    const mine = values.add(tenantId, 'uuid');
    return `application_id IN (SELECT id FROM applications WHERE tenant_id = ${mine} AND team_id = ${values.add(subject, 'uuid')})`;
  }
  const [column, type] = COLUMNS[scope];
  return `${column} = ${values.add(subject, type)}`;
}

async function sumOf(tx: Transaction, table: string, where: readonly string[], values: SqlValues): Promise<bigint> {
  const [row] = await tx.$queryRawUnsafe<{ nano: string }[]>(
    `SELECT coalesce(sum(cost_nano), 0)::text AS nano FROM ${table} WHERE ${where.join(' AND ')}`,
    ...values.list,
  );
  return BigInt(row?.nano ?? '0');
}
