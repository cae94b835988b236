import { type Fields, isFields, type Value } from '@/schema-form/schema-node.ts';

export interface TrialDraft {
  /** The name that is asked for. */
  readonly name: string;
  /** What the user says. */
  readonly text: string;
  /** More of the body, as JSON; the variables of a prompt. */
  readonly more: string;
  readonly headers: string;
}

/** What is wrong with the JSON of a trial; `null` where it is an object. */
export function bodyProblem({ more }: TrialDraft): string | null {
  try {
    return more.trim() === '' || isFields(JSON.parse(more) as Value) ? null : 'Write a JSON object: { … }.';
  } catch {
    return 'This is no JSON yet.';
  }
}

/** The call that a trial stands for: a chat of one turn at a model API, the variables at a prompt's. */
export function trialCall(kind: 'rest' | 'prompt' | 'llm', draft: TrialDraft) {
  const more = draft.more.trim() === '' ? {} : (JSON.parse(draft.more) as Fields);
  const chat = { model: draft.name, messages: [{ role: 'user', content: draft.text }], ...more };
  const lines = draft.headers.split('\n').filter((line) => line.trim() !== '');
  const headers = lines.map((line) => {
    const [name = '', ...rest] = line.split(':');
    return { name: name.trim(), value: rest.join(':').trim() };
  });
  return {
    method: 'POST' as const,
    path: kind === 'prompt' ? '/' : '/chat/completions',
    headers: [{ name: 'content-type', value: 'application/json' }, ...headers],
    body: JSON.stringify(kind === 'prompt' ? more : chat),
  };
}
