/** Error codes of sockets, PostgreSQL (SQLSTATE) and Prisma that say: the store is away, not: the request was wrong. */
const CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction, after a failover
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
]);

const MESSAGES: readonly RegExp[] = [
  /^Connection terminated/,
  /^Connection is closed/,
  /^timeout exceeded when trying to connect/,
  /^Command timed out/,
  /^(LOADING|READONLY|MISCONF|CLUSTERDOWN|MASTERDOWN|OOM|TRYAGAIN) /,
  /^Can't reach database server/,
  /^Reached the max retries per request/,
];

/**
 * True when an error means that PostgreSQL or Redis is away (or asks to try again), in any error of its chain of causes:
 * such a failure says nothing about the job and does not use up its tries.
 */
export function isOutage(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && (CODES.has(code) || code.startsWith('08'))) return true;
    if (MESSAGES.some((pattern) => pattern.test(at.message))) return true;
    if (at instanceof AggregateError && at.errors.some(isOutage)) return true;
  }
  return false;
}
