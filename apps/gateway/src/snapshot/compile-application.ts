import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { applicationNames, IDENTITY_SECRET, namesOfApplication } from '@parley/contracts/identity';
import { redisKeys } from '@parley/contracts/redis-keys';
import type {
  ApplicationSnapshot,
  IdentitySnapshot,
  KeySnapshot,
  SubscriptionSnapshot,
} from '@parley/contracts/snapshot';
import { compileCredit } from './compile-credit.ts';
import type { CompiledApplication, CompiledSubscription, CompiledWebhookSecret } from './compiled.ts';
import type { Opener } from './opener.ts';
import { finish } from './slices.ts';

const STEP = 200;

/**
 * Grace closes nothing; restricted accounts go on with plans that do not charge by use. What is left of credit is counted call by call;
 * only documents of a release before tell when nothing is.
 */
function unpaidOf({ billing, credit }: SubscriptionSnapshot): CompiledSubscription['unpaid'] {
  if (billing?.standing === 'suspended') return 'billing_suspended';
  if (billing?.spent === true && credit === undefined) return 'billing_credit_spent';
  return billing?.standing === 'restricted' && billing.charges ? 'billing_restricted' : null;
}

function compileSubscription(subscription: SubscriptionSnapshot): CompiledSubscription {
  return {
    id: subscription.id,
    publisherTenantId: subscription.publisherTenantId,
    publisherSlug: subscription.publisherSlug,
    apiId: subscription.apiId,
    planId: subscription.planId,
    state: subscription.state,
    expiresAtMs: subscription.expiresAtMs,
    unpaid: unpaidOf(subscription),
    credit: compileCredit(subscription),
    limitKey: redisKeys.limit(subscription.publisherTenantId, subscription.id),
  };
}

/** Whether `next` counts rather than `known`: approved before any other state, then the one that lasts longer or came later. */
function counts(next: SubscriptionSnapshot, known: CompiledSubscription): boolean {
  if ((next.state === 'approved') !== (known.state === 'approved')) return next.state === 'approved';
  if (next.state !== 'approved') return true;
  return (next.expiresAtMs ?? Number.POSITIVE_INFINITY) >= (known.expiresAtMs ?? Number.POSITIVE_INFINITY);
}

function identityName({ kind, issuer, subject }: IdentitySnapshot): string {
  return applicationNames.identity(kind, issuer, subject);
}

const opensNothing: Opener = () => null;

function secretsOf(identities: ReadonlyMap<string, IdentitySnapshot>, openSealed: Opener): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const [name, { id, sealed }] of identities) {
    const secret = sealed === null ? null : openSealed(sealed, IDENTITY_SECRET, `identity ${id}`);
    if (secret !== null) secrets.set(name, secret);
  }
  return secrets;
}

function webhookSecretsOf(doc: ApplicationSnapshot, openSealed: Opener): Map<string, CompiledWebhookSecret[]> {
  const byName = new Map<string, CompiledWebhookSecret[]>();
  for (const { id, name, sealed, expiresAtMs } of doc.webhookSecrets ?? []) {
    const text = openSealed(sealed, WEBHOOK_SECRET, `webhook secret ${id}`);
    if (text !== null) byName.set(name, [...(byName.get(name) ?? []), { id, text, expiresAtMs }]);
  }
  return byName;
}

/** Turns a caller's document into look-ups by key hash, by identity and by API. Yields between small steps. */
export function* compilingApplication(
  doc: ApplicationSnapshot,
  openSealed: Opener,
): Generator<void, CompiledApplication> {
  const subscriptionByApi = new Map<string, CompiledSubscription>();
  for (const [at, subscription] of doc.subscriptions.entries()) {
    if (at % STEP === STEP - 1) yield;
    const known = subscriptionByApi.get(subscription.apiId);
    if (!known || counts(subscription, known)) {
      subscriptionByApi.set(subscription.apiId, compileSubscription(subscription));
    }
  }
  const identities = new Map((doc.identities ?? []).map((identity) => [identityName(identity), identity]));
  const certificates = new Map(
    (doc.certificates ?? []).map((one) => [applicationNames.identity('certificate', one.issuer, one.subject), one]),
  );
  const keysByHash = new Map<string, KeySnapshot>();
  for (const key of doc.keys) {
    keysByHash.set(key.hash, key);
    if (keysByHash.size % STEP === 0) yield;
  }
  return {
    doc,
    id: doc.applicationId,
    tenantId: doc.tenantId,
    keysByHash,
    identities,
    certificates,
    secrets: secretsOf(identities, openSealed),
    webhookSecrets: webhookSecretsOf(doc, openSealed),
    names: namesOfApplication(doc),
    subscriptionByApi,
    live: true,
  };
}

/** The same in one go. */
export function compileApplication(doc: ApplicationSnapshot, openSealed: Opener = opensNothing): CompiledApplication {
  return finish(compilingApplication(doc, openSealed));
}
