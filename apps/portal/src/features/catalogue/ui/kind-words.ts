export type Kind = 'rest' | 'prompt' | 'llm';

/** What each kind of API is called, and what it is in a few words. */
export const KIND_WORDS: Readonly<Record<Kind, { label: string; plural: string; means: string }>> = {
  rest: { label: 'REST API', plural: 'REST APIs', means: 'Calls to a service of the publisher.' },
  prompt: { label: 'Prompt', plural: 'Prompts', means: 'One call: variables in, a model’s answer out.' },
  llm: { label: 'Models', plural: 'Models', means: 'Chat with models through any OpenAI SDK.' },
};
