import { REFUSAL_CODES } from '@parley/contracts/refusal-codes';

/** Why calls are not answered as asked, in a few kinds: few enough for a label of a metric. */
export const ERROR_CLASSES = [
  'key',
  'access',
  'limit',
  'guardrail',
  'request',
  'upstream_timeout',
  'upstream_limit',
  'upstream_cut',
  'upstream',
  'client_left',
  'gateway',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** How a call ended. */
export interface CallEnd {
  readonly status: number;
  readonly code: string | null;
  readonly abortedBy: string;
}

const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  credentials_refused: 'key',
  scope_missing: 'access',
  address_denied: 'access',
  version_retired: 'access',
  rate_limited: 'limit',
  quota_exceeded: 'limit',
  cost_limit_reached: 'limit',
  budget_exhausted: 'limit',
  too_many_running: 'limit',
  overloaded: 'limit',
  guardrail_blocked: 'guardrail',
  request_blocked: 'guardrail',
  upstream_timeout: 'upstream_timeout',
  upstream_rate_limited: 'upstream_limit',
  upstream_cut: 'upstream_cut',
  output_schema_failed: 'upstream',
  answer_off_contract: 'upstream',
  answer_too_large: 'upstream',
  answer_unreadable: 'upstream',
  step_failed: 'upstream',
  service_fault: 'upstream',
  client_closed: 'client_left',
  client_too_slow: 'client_left',
};
const BY_PREFIX: readonly (readonly [prefix: string, ErrorClass])[] = [
  ['key_', 'key'],
  ['subscription_', 'access'],
  ['billing_', 'access'],
  ['not_subscribed', 'access'],
  ['upstream_', 'upstream'],
];
const OURS = new Set<string>(REFUSAL_CODES);

/** The kind of error a call ended with; `null` when it was answered as asked. Codes that are an upstream's own go by status. */
export function errorClassOf({ status, code, abortedBy }: CallEnd): ErrorClass | null {
  if (abortedBy === 'client') return 'client_left';
  const named = code === null ? undefined : byCode(code);
  if (named !== undefined) return named;
  if (abortedBy === 'upstream') return 'upstream_cut';
  if (code !== null && OURS.has(code)) return status < 500 ? 'request' : 'gateway';
  if (status < 400) return null;
  return status < 500 ? 'request' : 'upstream';
}

function byCode(code: string): ErrorClass | undefined {
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  return BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1];
}
