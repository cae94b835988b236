import type { Call, Part, Tool } from '../neutral/call.ts';
import { isObject, parseJson } from '../object.ts';

/** A field of a request that is another one, or not there, after it was written for somebody else. */
export interface Difference {
  /** In the words of Chat Completions, or the member's own name where both speak the same protocol. */
  readonly field: string;
  /** JSON text; `null` for what is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

const MOST_SHOWN = 200;

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value) ?? 'null';
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** JSON with its keys in order, so that equal values are equal texts. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

const SETTINGS = [
  ['max_tokens', (call: Call) => call.maxOutputTokens],
  ['temperature', (call: Call) => call.temperature],
  ['top_p', (call: Call) => call.topP],
  ['top_k', (call: Call) => call.topK],
  ['stop', (call: Call) => (call.stop?.length ? call.stop : undefined)],
  ['seed', (call: Call) => call.seed],
  ['frequency_penalty', (call: Call) => call.frequencyPenalty],
  ['presence_penalty', (call: Call) => call.presencePenalty],
  ['n', (call: Call) => call.choices],
  ['logprobs', (call: Call) => call.logprobs],
  ['response_format', (call: Call) => outputOf(call)],
  ['reasoning', (call: Call) => call.reasoning],
  [
    'tool_choice',
    (call: Call) => (call.tools.length === 0 || call.toolChoice === 'auto' ? undefined : call.toolChoice),
  ],
  [
    'parallel_tool_calls',
    (call: Call) => (call.tools.length > 0 && call.parallelToolCalls === false ? false : undefined),
  ],
  ['user', (call: Call) => call.user],
] as const;

/** Names of a schema and whether it is strict are words beside it, which some protocols lack. */
function outputOf({ output }: Call): unknown {
  return output?.kind === 'json_schema' ? { kind: output.kind, schema: output.schema } : output;
}

function toolsOf(tools: readonly Tool[]): ReadonlyMap<string, unknown> {
  return new Map(
    tools.map((tool) =>
      tool.kind === 'other'
        ? ([tool.path, tool.raw] as const)
        : ([tool.name, { description: tool.description || undefined, parameters: parametersOf(tool) }] as const),
    ),
  );
}

/** A function without arguments is written as one without a schema, or with an empty one. */
function parametersOf(tool: Extract<Tool, { kind: 'function' }>): unknown {
  const { properties, ...rest } = tool.parameters ?? {};
  const takes = isObject(properties) && Object.keys(properties).length > 0;
  return takes ? { ...rest, type: 'object', properties } : undefined;
}

function said(part: Part): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text.replaceAll(/\s+/g, '');
    case 'tool_call':
      return `[calls ${part.name} ${canonical(parseJson(part.arguments)) ?? part.arguments}]`;
    case 'tool_result':
      return `[result ${part.parts.map(said).join('')}]`;
    case 'other':
      return `[${canonical(part.raw) ?? ''}]`;
    default:
      return `[${part.kind} ${canonical('kind' in part.source && part.source.kind === 'data' ? part.source.data : part.source) ?? ''}]`;
  }
}

/** The conversation with neighbouring turns of one role as one, and without what is only form: ids, white space, proofs. */
function conversation(call: Call): { role: string; said: string }[] {
  const turns: { role: string; said: string }[] = [];
  for (const { role, parts } of call.turns) {
    const text = parts.map(said).join('');
    const last = turns.at(-1);
    if (last?.role === role) last.said += text;
    else if (text !== '') turns.push({ role, said: text });
  }
  return turns;
}

const outline = (turns: readonly { readonly role: string }[]): string => turns.map(({ role }) => role).join(', ');

/**
 * Where two calls ask for different things: one as it was meant, the other as read back from what it was written into. Ids,
 * proofs of thoughts and cache marks are form, not meaning, and left out of account.
 */
export function differencesOf(meant: Call, readBack: Call): Difference[] {
  const differences: Difference[] = [];
  const note = (field: string, from: unknown, to: unknown): void => {
    if (canonical(from) !== canonical(to)) differences.push({ field, from: shown(from), to: shown(to) });
  };
  note('model', meant.model, readBack.model);
  const [before, after] = [conversation(meant), conversation(readBack)];
  if (canonical(before) !== canonical(after)) {
    differences.push({ field: 'messages', from: outline(before), to: outline(after) });
  }
  const [own, theirs] = [toolsOf(meant.tools), toolsOf(readBack.tools)];
  for (const [name, tool] of own) note(`tools.${name}`, tool, theirs.get(name));
  for (const [name, tool] of theirs) if (!own.has(name)) note(`tools.${name}`, undefined, tool);
  for (const [field, valueOf] of SETTINGS) note(field, valueOf(meant), valueOf(readBack));
  return differences;
}

/** Where two requests of one protocol differ: members of their bodies, by name. */
export function memberDifferences(from: string, to: string): Difference[] {
  const [before, after] = [parseJson(from), parseJson(to)];
  if (!isObject(before) || !isObject(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    canonical(before[field]) === canonical(after[field])
      ? []
      : [{ field, from: shown(before[field]), to: shown(after[field]) }],
  );
}
