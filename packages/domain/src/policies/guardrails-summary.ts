import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';

const DOES = { observe: 'noted', mask: 'masked', block: 'refused' } as const;

/** Guardrails in plain words, in the order of their form. */
export function guardrailsSummary(policy: GuardrailsPolicy): string {
  const { personalData, secrets, injection, words, patterns, topics, grounding, residency } = policy;
  const lists = [...words, ...patterns];
  const parts = [
    personalData && `personal data is ${DOES[personalData.mode]}`,
    secrets && `secrets are ${DOES[secrets.mode]}`,
    injection && `attempts to turn the model are ${DOES[injection.mode]}`,
    lists.length > 0 && `${lists.map(({ name, mode }) => `${name} (${DOES[mode]})`).join(', ')} looked for`,
    topics && `topics are kept to${topics.mode === 'observe' ? ', only noted' : ''}`,
    grounding && `answers that documents do not bear out are ${DOES[grounding.mode]}`,
    residency.length > 0 &&
      `data goes only where ${residency.length === 1 ? 'a rule lets' : `${residency.length} rules let`} it`,
  ].filter((part) => typeof part === 'string');
  if (parts.length === 0) return 'Nothing is looked for.';
  const text = parts.join('; ');
  const failure = policy.onFailure === 'block' ? '' : ' If a check fails, the call goes on.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${failure}`;
}
