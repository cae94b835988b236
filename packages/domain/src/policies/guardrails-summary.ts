import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';

const DOES = { observe: 'noted', mask: 'masked', block: 'refused' } as const;

type Asked = Pick<NonNullable<GuardrailsPolicy['judge']>, 'onInput' | 'onOutput'>;

function sides({ onInput, onOutput }: Asked): string {
  if (onInput && onOutput) return 'calls and answers';
  if (onOutput) return 'answers';
  return onInput ? 'calls' : 'nothing';
}

/** Guardrails in plain words, in the order of their form. */
export function guardrailsSummary(policy: GuardrailsPolicy): string {
  const {
    personalData,
    secrets,
    injection,
    judge,
    moderation,
    words,
    patterns,
    topics,
    grounding,
    residency,
    answerSchema,
    tools,
  } = policy;
  const lists = [...words, ...patterns];
  const parts = [
    personalData && `personal data is ${DOES[personalData.mode]}`,
    secrets && `secrets are ${DOES[secrets.mode]}`,
    injection && `attempts to turn the model are ${DOES[injection.mode]}`,
    judge && `${judge.model} judges ${sides(judge)}${judge.mode === 'observe' ? ', only noted' : ''}`,
    moderation &&
      `${moderation.model} moderates ${sides(moderation)}${moderation.mode === 'observe' ? ', only noted' : ''}`,
    lists.length > 0 && `${lists.map(({ name, mode }) => `${name} (${DOES[mode]})`).join(', ')} looked for`,
    topics && `topics are kept to${topics.mode === 'observe' ? ', only noted' : ''}`,
    answerSchema && `answers have to fit a schema${answerSchema.mode === 'observe' ? ', only noted' : ''}`,
    tools.length > 0 &&
      `what tools are given keeps to ${tools.map(({ name, mode }) => `${name} (${DOES[mode]})`).join(', ')}`,
    grounding && `answers that documents do not bear out are ${DOES[grounding.mode]}`,
    residency.length > 0 &&
      `data goes only where ${residency.length === 1 ? 'a rule lets' : `${residency.length} rules let`} it`,
  ].filter((part) => typeof part === 'string');
  if (parts.length === 0) return 'Nothing is looked for.';
  const text = parts.join('; ');
  const failure = policy.onFailure === 'block' ? '' : ' If a check fails, the call goes on.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${failure}`;
}
