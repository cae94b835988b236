import { DATA_CLASSES } from '@parley/party-token/claims';
import { denyParty } from '../../party/permit.ts';
import type { EndpointSource, Stage } from '../../stage.ts';

/**
 * Refuses party tokens of another tier than the policy names, and those that open data of a lower class than is behind the endpoint
 * (PT-4.5); a token without the claim has no tier, and opens every class. `null` where the policy says neither. Other callers pass.
 */
export function requireParty({ policies }: EndpointSource): Stage | null {
  const { tiers = [], dataClass } = policies.callers ?? {};
  if (tiers.length === 0 && dataClass === undefined) return null;
  const wanted = dataClass === undefined ? 0 : DATA_CLASSES.indexOf(dataClass);
  const [wrongTier, wrongData] = [denyParty('tier'), denyParty('data')];
  return ({ party }) => {
    if (party === null) return null;
    const { tier, data } = party.claims;
    if (tiers.length > 0 && (tier === undefined || !tiers.includes(tier))) return wrongTier;
    return data === undefined || DATA_CLASSES.indexOf(data) >= wanted ? null : wrongData;
  };
}
