import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';

type Message = PromptDefinition['messages'][number];

/** `{{> name}}`, or `{{> name@3}}` for one version of it. */
const REFERENCE = /\{\{>\s*([a-z0-9][a-z0-9-]{0,62})(?:@(\d{1,6}))?\s*\}\}/g;

/** A shared piece of text that a prompt asks for: a version of it, or the latest. */
export interface PartialReference {
  readonly name: string;
  readonly version: number | null;
}

/** What a text asks for, each once. */
export function partialsIn(text: string): PartialReference[] {
  const found = new Map<string, PartialReference>();
  for (const [, name = '', version] of text.matchAll(REFERENCE)) {
    found.set(`${name}@${version ?? ''}`, { name, version: version === undefined ? null : Number(version) });
  }
  return [...found.values()];
}

/** Every text of a prompt in which placeholders and references count. */
export function textsOf({ messages, examples = [] }: PromptDefinition): { path: string; text: string }[] {
  return [
    ...messages.map(({ text }, at) => ({ path: `messages.${at}.text`, text })),
    ...examples.flatMap(({ input, output }, at) => [
      { path: `examples.${at}.input`, text: input },
      { path: `examples.${at}.output`, text: output },
    ]),
  ];
}

function expand(text: string, definition: PromptDefinition): string {
  if (!text.includes('{{>')) return text;
  const held = definition.partials ?? [];
  return text.replace(REFERENCE, (whole, name: string, version: string | undefined) => {
    const fits = held.filter((one) => one.name === name && (version === undefined || one.version === Number(version)));
    // The latest comes last: a text that names no version means that one.
    return fits.at(-1)?.text ?? whole;
  });
}

/** Lists and objects are `json` with a schema: gateways of the release before know no other. */
function flattenVariable(variable: PromptVariable): PromptVariable {
  const { type, maxItems, schema, ...rest } = variable;
  switch (type) {
    case 'array':
      return {
        ...rest,
        type: 'json',
        schema: { type: 'array', ...(schema ? { items: schema } : {}), ...(maxItems ? { maxItems } : {}) },
      };
    case 'object':
      return { ...rest, type: 'json', schema: { type: 'object', ...schema } };
    default:
      return variable;
  }
}

/**
 * A prompt with everything that does not depend on a call worked in: shared texts where they are named, examples as
 * messages, lists and objects as schemas. Gateways get prompts in this form, so that a call only fills in values. Doing it
 * twice changes nothing.
 */
export function flattenPrompt(definition: PromptDefinition): PromptDefinition {
  const { examples = [], partials: _, ...rest } = definition;
  const written = definition.messages.map(({ role, text }) => ({ role, text: expand(text, definition) }));
  const first = written.findIndex(({ role }) => role !== 'system');
  const at = first === -1 ? written.length : first;
  const shown = examples.flatMap(({ input, output }): Message[] => [
    { role: 'user', text: expand(input, definition) },
    { role: 'assistant', text: expand(output, definition) },
  ]);
  return {
    ...rest,
    messages: [...written.slice(0, at), ...shown, ...written.slice(at)],
    variables: definition.variables.map(flattenVariable),
  };
}
