import pg from 'pg';
import { withQueue } from './queues.ts';
import { running } from './running.ts';

/**
 * Time for stories about money: jobs that would come by themselves are asked for at once, or as of a later day, and a debt
 * is made older. This is the only place where a story writes to the database: how old a failed payment is cannot be
 * brought about from outside.
 */
async function ask(queue: string, name: string, payload: object): Promise<void> {
  await withQueue(queue, (jobs) => jobs.add(name, payload, { removeOnComplete: true, removeOnFail: true }));
}

/** Has what a subscription owes rated and posted now, not half a minute after its last call. */
export const rateNow = (subscriptionId: string): Promise<void> =>
  ask('maintenance', 'billing.accrue', { subscriptionId });

/** Has an account's invoices issued as if it were that moment. */
export const closeBooks = (accountId: string, asOf: Date): Promise<void> =>
  ask('maintenance', 'billing.close', { accountId, asOf: asOf.toISOString() });

/** Makes what an account owes fail for so many days already, and has standings moved by age, as happens every five minutes. */
export async function ageFailedPayments(accountId: string, days: number): Promise<void> {
  await rows(
    `UPDATE stripe_invoices SET failing_since = failing_since - make_interval(days => $2)
     WHERE billing_account_id = $1 AND state = 'open' AND failing_since IS NOT NULL RETURNING 1`,
    [accountId, days],
  );
  await ask('stripe', 'stripe.sync', { part: 'sweep' });
}

/** Rows of the running product's database, as its owner sees them. */
export async function rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: running().databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
