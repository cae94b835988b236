import { REFUSAL_CODES, type RefusalCode } from '@parley/contracts/refusal-codes';
import { REFUSAL_EXPLANATIONS } from '@parley/contracts/refusal-explanations';

export interface RefusalGroup {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly codes: readonly RefusalCode[];
}

type Belongs = (code: RefusalCode, status: number) => boolean;

const GROUPS: readonly (Omit<RefusalGroup, 'codes'> & { readonly belongs: Belongs })[] = [
  {
    id: 'keys',
    title: 'Keys',
    description: 'Who is calling could not be told.',
    belongs: (code) => code.startsWith('key_'),
  },
  {
    id: 'access',
    title: 'Access',
    description: 'The caller is known, but may not call this, or not now.',
    belongs: (code, status) => status === 403 || code === 'rate_limited',
  },
  {
    id: 'requests',
    title: 'Requests',
    description: 'The call itself has to change.',
    belongs: (_, status) => status < 499,
  },
  {
    id: 'upstreams',
    title: 'Providers and upstreams',
    description: 'The call was let through; what stands behind the API failed.',
    belongs: (code) =>
      code.startsWith('upstream_') || ['provider_unconfigured', 'price_missing', 'output_schema_failed'].includes(code),
  },
  {
    id: 'gateway',
    title: 'The gateway',
    description: 'Nobody’s call is wrong; these pass or are the operator’s to mend.',
    belongs: () => true,
  },
];

/** Every refusal code once, in the group that takes it first. */
export const REFUSAL_GROUPS: readonly RefusalGroup[] = GROUPS.map(({ belongs: _, ...group }, at) => ({
  ...group,
  codes: REFUSAL_CODES.filter(
    (code) => GROUPS.findIndex(({ belongs }) => belongs(code, REFUSAL_EXPLANATIONS[code].status)) === at,
  ),
}));
