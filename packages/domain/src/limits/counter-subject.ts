import type { Tags } from '@parley/contracts/attribution';
import type { LimitScope } from '@parley/contracts/policies/limits';
import { derivedId } from '@parley/kernel/derived-id';

/** What the counters of a call are found by. */
export interface CallFacts {
  readonly subscriptionId: string;
  readonly keyId: string;
  /** The route's id, or the version's where an API has none. */
  readonly endpointId: string;
  readonly address: string;
  readonly consumerTenantId: string;
  /** Of the application's team; empty for none. */
  readonly teamId: string;
  /** The model that is asked first; empty for none. */
  readonly model: string;
  /** The end user; empty for none. */
  readonly user: string;
  readonly tags: Tags | undefined;
}

/** What callers write is named by its hash, so that names are of one length; what they do not write counts together. */
function named(text: string): string {
  return text === '' ? '' : derivedId(text);
}

/** Whose calls a limit counts together, as the end of a counter's name: the same for calls that count together. */
export function counterSubject(scope: LimitScope, tag: string, facts: CallFacts): string {
  const { subscriptionId } = facts;
  switch (scope) {
    case 'application':
      return subscriptionId;
    case 'key':
      return `${subscriptionId}:${facts.keyId}`;
    case 'route':
      return `${subscriptionId}:${facts.endpointId}`;
    case 'address':
      return facts.address;
    case 'api':
      return '';
    case 'tenant':
      return facts.consumerTenantId;
    case 'team':
      return `${facts.consumerTenantId}:${facts.teamId}`;
    case 'model':
      return `${subscriptionId}:${named(facts.model)}`;
    case 'user':
      return `${subscriptionId}:${named(facts.user)}`;
    case 'tag':
      return `${subscriptionId}:${named(facts.tags?.[tag] ?? '')}`;
  }
}
