import { type AcceptedCallback, CALLBACK_SECRET } from '@parley/contracts/deliveries';
import { webhookKey } from '@parley/kernel/standard-webhooks';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { headerValues } from '../routing/call-facts.ts';
import type { JobView } from './job.ts';
import { jobObject } from './job-object.ts';

const HEADER = 'X-Parley-Callback';
const MAX_URL = 2000;

function wrong(message: string): Refusal {
  return refusal('invalid_parameter', { message, param: HEADER });
}

/**
 * Where a caller wants to hear how its job ended (`X-Parley-Callback`); `null` where it did not say. Refused is what could
 * never be called, or not signed. Addresses are judged where they are called.
 */
export function callbackOf(exchange: Exchange, nowMs: number): string | Refusal | null {
  const [given, more] = headerValues(exchange, 'x-parley-callback');
  if (given === undefined) return null;
  const url = more === undefined && given.length <= MAX_URL && !/\s/.test(given) ? URL.parse(given) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    return wrong(`${HEADER} must be one https URL without a user name, of at most ${MAX_URL} characters.`);
  }
  const secrets = exchange.caller?.application.webhookSecrets.get(CALLBACK_SECRET) ?? [];
  const signs = secrets.some(
    ({ text, expiresAtMs }) => webhookKey(text) !== null && (expiresAtMs === null || expiresAtMs > nowMs),
  );
  if (!signs) {
    return wrong(
      `Callbacks are signed: make the webhook secret “${CALLBACK_SECRET}” of your application first (in the portal, or POST /api/v1/applications/{application}/webhook-secrets).`,
    );
  }
  url.hash = '';
  return url.href;
}

/** What the worker is told of a job that has ended: how it stands, and nothing of call or answer. */
export function callbackJob(view: JobView, consumerTenantId: string, nowMs: number): AcceptedCallback | null {
  const { id, applicationId, apiId, apiVersionId, callback } = view.facts;
  if (callback === null) return null;
  const timestamp = new Date(view.endedAtMs ?? nowMs).toISOString();
  const data = jobObject(view, '/v1/jobs');
  const body = JSON.stringify({ type: `job.${view.state}`, timestamp, data });
  return { id, tenantId: consumerTenantId, applicationId, apiId, apiVersionId, url: callback, body, atMs: nowMs };
}
