import type { GuardrailsPolicyInput } from '@parley/contracts/policies/guardrails';
import type { Fields } from '@/schema-form/schema-node.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Guarded = RouterOutputs['guardrails']['list']['items'][number];

interface Start {
  readonly value: string;
  readonly label: string;
  readonly settings: Fields;
}

const PLACES = ['input', 'toolResults', 'output', 'toolArguments'] as const;
const KINDS = ['card', 'iban', 'email', 'phone', 'nationalId', 'birthDate', 'ip', 'mac', 'cryptoAddress'] as const;
const THRESHOLDS = { threshold: 0.7, untrustedThreshold: 0.5 };
const REST = { onFailure: 'block', maxCharacters: 1_000_000 } as const;

const USUAL = {
  personalData: { mode: 'mask', kinds: [...KINDS], on: [...PLACES], allow: [] },
  secrets: { mode: 'block', on: [...PLACES] },
  injection: { mode: 'block', ...THRESHOLDS },
  ...REST,
} satisfies GuardrailsPolicyInput;

const OBSERVING = {
  personalData: { ...USUAL.personalData, mode: 'observe' },
  secrets: { ...USUAL.secrets, mode: 'observe' },
  injection: { ...USUAL.injection, mode: 'observe' },
  ...REST,
} satisfies GuardrailsPolicyInput;

const EXAMPLES: readonly [Start, ...Start[]] = [
  { value: 'usual', label: 'Usual: mask personal data, refuse secrets and attacks', settings: USUAL },
  { value: 'observe', label: 'Only note what is found', settings: OBSERVING },
];

/** Settings to begin with: two examples, and those of the tenant's own versions. */
export function startsOf(guarded: readonly Guarded[]): readonly [Start, ...Start[]] {
  return [
    ...EXAMPLES,
    ...guarded.map(({ api, apiName, version, guardrails }) => ({
      value: `${api}/${version}`,
      label: `${apiName} ${version}`,
      settings: guardrails,
    })),
  ];
}
