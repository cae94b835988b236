/** Kinds of API and who may find one, in words. */
export const KINDS = {
  rest: { label: 'REST', hint: 'A service you already run, with keys, plans and limits in front of it.' },
  prompt: { label: 'Prompt', hint: 'A prompt of yours as an endpoint: variables in, an answer out.' },
  llm: { label: 'Models', hint: 'Models of yours for any OpenAI client.' },
} as const;
export type Kind = keyof typeof KINDS;

export const VISIBILITY = {
  public: {
    label: 'Everyone',
    hint: 'It stands in the public catalogue once published. Calling it still needs a subscription.',
  },
  tenant: { label: 'This tenant', hint: 'Only members find it.' },
  team: { label: 'One team', hint: 'Only that team finds it.' },
} as const;
export type Visibility = keyof typeof VISIBILITY;
