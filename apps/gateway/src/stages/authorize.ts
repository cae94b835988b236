import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { SubscriptionState } from '@parley/contracts/snapshot';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledApi, CompiledSubscription } from '../snapshot/compiled.ts';

/** What each state of a subscription means for a call; `null` lets it through. */
const BY_STATE: Readonly<Record<SubscriptionState, RefusalCode | null>> = {
  requested: 'subscription_pending',
  approved: null,
  refused: 'subscription_refused',
  suspended: 'subscription_suspended',
  revoked: 'subscription_revoked',
  expired: 'subscription_expired',
  cancelled: 'not_subscribed',
};

/** Whether a subscription opens its API now; the code that says why not. */
export function standing(subscription: CompiledSubscription, nowMs: number): RefusalCode | null {
  const code = BY_STATE[subscription.state];
  if (code !== null) return code;
  if (subscription.expiresAtMs !== null && subscription.expiresAtMs <= nowMs) return 'subscription_expired';
  return subscription.unpaid;
}

/** Notes the subscription and its plan, where the configuration has all that counts its calls. */
export function noteSubscription(
  exchange: Exchange,
  subscription: CompiledSubscription,
  api: CompiledApi,
): Refusal | null {
  exchange.subscription = subscription;
  exchange.plan = api.plans.get(subscription.planId) ?? null;
  // Without that plan, or counters that calls paid from credit share, part of the configuration is on its way.
  const missing =
    exchange.plan === null || subscription.credit === 'broken' || (subscription.credit !== null && !api.wide);
  return missing ? refusal('configuration_unavailable', { retryAfterSeconds: 2 }) : null;
}

/** Checks the caller's subscription to the API. */
export function authorize(exchange: Exchange, ports: Ports): Refusal | null {
  const { api, caller } = exchange;
  if (api === null || caller === null) return refusal('internal');
  const subscription = caller.application.subscriptionByApi.get(api.id);
  if (subscription === undefined) return refusal('not_subscribed');
  const code = standing(subscription, ports.clock.nowMs());
  const missing = noteSubscription(exchange, subscription, api);
  return code === null ? missing : refusal(code);
}
