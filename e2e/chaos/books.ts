import pg from 'pg';
import { poll } from '../src/poll.ts';
import { withQueue } from '../src/queues.ts';
import { running } from '../src/running.ts';

/** Long enough for what waits in queues and spools after the last fault. */
const SETTLE_MS = 600_000;
const BATCH = 20_000;

export interface Totals {
  /** Answered calls that are not stored: must be 0. */
  readonly lost: number;
  /** Stored successes of the application. */
  readonly stored: number;
  /** Stored calls of any end. */
  readonly events: number;
  readonly eventsCost: string;
  readonly rolledUp: number;
  readonly rolledUpCost: string;
}

/** Nano-units. */
export interface Money {
  readonly billable: number;
  readonly owed: string;
  readonly rated: string;
  readonly booked: string;
}

/** Credit that was bought: as often as it was paid for, and as much. */
export interface Bought {
  /** Paid pages whose credit is there once. */
  readonly granted: number;
  readonly grantedNano: string;
  /** What bookings say that came in for it. */
  readonly cashNano: string;
}

/** The database of the running product, read as an auditor would. */
export class Books {
  readonly #pool = new pg.Pool({ connectionString: running().databaseUrl, max: 2 });

  constructor() {
    // PostgreSQL is killed now and then.
    this.#pool.on('error', () => undefined);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #one<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row> {
    const { rows } = await this.#pool.query<Row>(sql, values);
    if (!rows[0]) throw new Error(`no row: ${sql}`);
    return rows[0];
  }

  /** Waits until nothing is left to be stored and added up: the same number of calls for a while, and no hour marked. */
  async settled(): Promise<void> {
    let before = -1;
    let since = Date.now();
    await poll(
      'usage to be stored and added up',
      async () => {
        const state = await this.#one<{ events: number; marked: number }>(
          `SELECT (SELECT coalesce(sum(events), 0)::int FROM usage_runs) AS events, (SELECT count(*)::int FROM rollup_dirty_hours) + (SELECT count(*)::int FROM rating_marks) AS marked`,
        ).catch(() => null);
        if (state === null || state.events !== before || state.marked > 0) {
          before = state?.events ?? -1;
          since = Date.now();
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
        // Spools are handed over again after fifteen seconds at the latest, twice that where it went wrong once.
        return Date.now() - since > 45_000;
      },
      SETTLE_MS,
    );
  }

  /** What the gateways decided, by the ids callers were given, against what is stored and added up. */
  async totals(application: string, answered: readonly string[]): Promise<Totals> {
    const { id } = await this.#one<{ id: string }>('SELECT id FROM applications WHERE slug = $1', [application]);
    let lost = 0;
    for (let from = 0; from < answered.length; from += BATCH) {
      const { missing } = await this.#one<{ missing: number }>(
        `SELECT count(*)::int AS missing FROM unnest($1::uuid[]) AS given (id)
         LEFT JOIN usage_events e ON e.id = given.id AND e.application_id = $2 WHERE e.id IS NULL`,
        [answered.slice(from, from + BATCH), id],
      );
      lost += missing;
    }
    const sums = await this.#one<Omit<Totals, 'lost'>>(
      `SELECT e.stored, e.events, e.cost AS "eventsCost", r.calls AS "rolledUp", r.cost AS "rolledUpCost"
       FROM (SELECT count(*) FILTER (WHERE status < 300)::int AS stored, count(*)::int AS events, coalesce(sum(cost_nano), 0)::text AS cost
             FROM usage_events WHERE application_id = $1) AS e,
            (SELECT coalesce(sum(requests), 0)::int AS calls, coalesce(sum(cost_nano), 0)::text AS cost
             FROM usage_rollups WHERE application_id = $1) AS r`,
      [id],
    );
    return { lost, ...sums };
  }

  /**
   * What the application's calls should cost, computed from the stored calls alone, against what was rated and what was
   * booked. Whoever got an answer or walked away from one pays, from the moment its subscription stands under a price.
   */
  async money(application: string, price: { callNano: number; markupPpm: number }): Promise<Money> {
    return this.#one<Money>(
      `WITH mine AS (SELECT s.tenant_id, s.id, a.kind FROM subscriptions s JOIN apis a ON a.tenant_id = s.tenant_id AND a.id = s.api_id
         JOIN applications p ON p.id = s.application_id WHERE p.slug = $1),
       billable AS (SELECT m.id, m.kind, e.cost_nano FROM mine m
         JOIN usage_events e ON e.tenant_id = m.tenant_id AND e.subscription_id = m.id
         JOIN subscription_segments g ON g.tenant_id = m.tenant_id AND g.subscription_id = m.id
           AND e.occurred_at >= g.from_at AND (g.until_at IS NULL OR e.occurred_at < g.until_at)
         WHERE e.aborted_by = 'client' OR (e.aborted_by = 'none' AND e.status < 400)),
       owed AS (SELECT CASE kind WHEN 'rest' THEN count(*) * $2::bigint ELSE round(sum(cost_nano) * $3 / 1000000.0) END AS nano, count(*) AS calls
         FROM billable GROUP BY id, kind)
       SELECT coalesce(sum(calls), 0)::int AS billable, coalesce(sum(nano), 0)::bigint::text AS owed,
         (SELECT coalesce(sum(amount_nano), 0)::text FROM accrual_lines WHERE subscription_id IN (SELECT id FROM mine)) AS rated,
         (SELECT coalesce(sum(e.amount_nano), 0)::text FROM ledger_entries e
          JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
          WHERE t.kind = 'accrual' AND e.account = 'unbilled' AND t.subscription_id IN (SELECT id FROM mine)) AS booked
       FROM owed`,
      [application, price.callNano, price.markupPpm],
    );
  }

  /** The billing account of a tenant with itself; waits until something was charged there. */
  ownAccount(tenant: string): Promise<string> {
    return poll(
      'the billing account',
      async () => {
        const { rows } = await this.#pool.query<{ id: string }>(
          `SELECT a.id FROM billing_accounts a JOIN tenants t ON t.id = a.tenant_id AND t.id = a.consumer_tenant_id WHERE t.slug = $1`,
          [tenant],
        );
        return rows[0]?.id;
      },
      SETTLE_MS,
    );
  }

  /** What was booked of these paid pages; waits until each has been heard of. */
  async bought(account: string, pages: readonly string[]): Promise<Bought> {
    const read = (): Promise<Bought> =>
      this.#one<Bought>(
        `SELECT (SELECT count(*)::int FROM stripe_checkouts c JOIN credit_grants g ON g.tenant_id = c.tenant_id AND g.id = c.grant_id
                 WHERE c.session_id = ANY($2) AND c.state = 'completed') AS granted,
           (SELECT coalesce(sum(amount_nano), 0)::text FROM credit_grants WHERE billing_account_id = $1 AND kind = 'purchased') AS "grantedNano",
           (SELECT coalesce(sum(e.amount_nano), 0)::text FROM ledger_entries e
            JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
            WHERE t.billing_account_id = $1 AND e.account = 'cash') AS "cashNano"`,
        [account, pages],
      );
    await poll('what was paid to be booked', async () => (await read()).granted >= pages.length, SETTLE_MS).catch(
      () => undefined,
    );
    return read();
  }

  /** Has all standing checks made over the last weeks, and tells what they found: name, and rows or failure. */
  async standingChecks(): Promise<readonly { name: string; found: number; failure: string | null }[]> {
    const { now } = await this.#one<{ now: string }>('SELECT clock_timestamp()::text AS now');
    await withQueue('rollup', (queue) => queue.add('checks.run', { deep: true }, { jobId: `chaos-${Date.now()}` }));
    const { known } = await this.#one<{ known: number }>('SELECT count(*)::int AS known FROM standing_checks');
    return poll(
      'the standing checks to be made',
      async () => {
        const { rows } = await this.#pool.query<{ name: string; found: number; failure: string | null }>(
          'SELECT name, found, failure FROM standing_checks WHERE checked_at > $1 ORDER BY name',
          [now],
        );
        return rows.length > 0 && rows.length >= known ? rows : null;
      },
      SETTLE_MS,
    );
  }
}
