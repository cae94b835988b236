import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { AddressRanges } from '../wire/address-ranges.ts';

/** Turns away addresses that the policy denies, or does not allow; `null` without the policy. */
export function ipAccess({ policies }: EndpointSource): Stage | null {
  const policy = policies.ipAccess;
  if (!policy) return null;
  const allowed = policy.allow.length > 0 ? new AddressRanges(policy.allow) : null;
  const denied = policy.deny.length > 0 ? new AddressRanges(policy.deny) : null;
  return (exchange, ports) => {
    const address = ports.clients.addressOf(exchange.request);
    const passes = denied?.has(address) !== true && (allowed === null || allowed.has(address));
    return passes ? null : refusal('address_denied');
  };
}
