import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';
import type { FieldIssue } from '@parley/kernel/fault';
import type { HandedPrompt } from '@/words/handed-prompt.ts';

/** A prompt as the editor holds it: numbers and JSON as the text that was typed, so that nothing is lost on the way. */
export interface Draft {
  readonly model: string;
  readonly messages: readonly MessageDraft[];
  readonly variables: readonly VariableDraft[];
  readonly temperature: string;
  readonly topP: string;
  readonly maxOutputTokens: string;
  readonly seed: string;
  /** One per line. */
  readonly stop: string;
  readonly output: 'text' | 'json';
  readonly schema: string;
  /** Whether an answer that does not fit is asked for once more. */
  readonly repair: boolean;
  readonly examples: readonly ExampleDraft[];
}

export interface ExampleDraft {
  readonly key: number;
  readonly input: string;
  readonly output: string;
}

export interface MessageDraft {
  readonly key: number;
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface VariableDraft {
  readonly key: number;
  readonly name: string;
  readonly type: PromptVariable['type'];
  readonly description: string;
  readonly required: boolean;
  readonly fallback: string;
  readonly maxLength: string;
  readonly minimum: string;
  readonly maximum: string;
  /** For `enum`, one per line. */
  readonly values: string;
  /** For `array`. */
  readonly maxItems: string;
  /** JSON Schema of an item, or of the value; empty for none. */
  readonly schema: string;
}

let lastKey = 0;
const newKey = (): number => ++lastKey;

export const emptyMessage = (role: MessageDraft['role']): MessageDraft => ({ key: newKey(), role, text: '' });

export const emptyExample = (): ExampleDraft => ({ key: newKey(), input: '', output: '' });

export const emptyVariable = (name: string): VariableDraft => ({
  key: newKey(),
  name,
  type: 'string',
  description: '',
  required: true,
  fallback: '',
  maxLength: '',
  minimum: '',
  maximum: '',
  values: '',
  maxItems: '',
  schema: '',
});

const SCHEMA = '{\n  "type": "object",\n  "properties": {},\n  "required": [],\n  "additionalProperties": false\n}';

/** A prompt begun on another page, as the editor goes on with it. */
export function draftOfHanded({ messages, schema, model, ...settings }: HandedPrompt, firstModel: string): Draft {
  return {
    ...newDraft(firstModel),
    ...settings,
    ...(model ? { model } : {}),
    ...(messages.length > 0 ? { messages: messages.map((message) => ({ key: newKey(), ...message })) } : {}),
    ...(schema ? { output: 'json', schema } : {}),
  };
}

export function newDraft(model: string): Draft {
  return {
    model,
    messages: [emptyMessage('system'), emptyMessage('user')],
    variables: [],
    temperature: '',
    topP: '',
    maxOutputTokens: '',
    seed: '',
    stop: '',
    output: 'text',
    schema: SCHEMA,
    repair: true,
    examples: [],
  };
}

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value));

export function draftOf(definition: PromptDefinition): Draft {
  const { settings, output } = definition;
  return {
    model: definition.model,
    messages: definition.messages.map((message) => ({ key: newKey(), ...message })),
    variables: definition.variables.map((variable) => ({
      key: newKey(),
      name: variable.name,
      type: variable.type,
      description: variable.description,
      required: variable.required,
      fallback: fallbackText(variable),
      maxLength: textOf(variable.maxLength),
      minimum: textOf(variable.minimum),
      maximum: textOf(variable.maximum),
      values: variable.values?.join('\n') ?? '',
      maxItems: textOf(variable.maxItems),
      schema: variable.schema === undefined ? '' : JSON.stringify(variable.schema, null, 2),
    })),
    temperature: textOf(settings.temperature),
    topP: textOf(settings.topP),
    maxOutputTokens: textOf(settings.maxOutputTokens),
    seed: textOf(settings.seed),
    stop: settings.stop?.join('\n') ?? '',
    output: output.kind,
    schema: output.kind === 'json' ? JSON.stringify(output.schema, null, 2) : SCHEMA,
    repair: output.kind !== 'json' || output.repair !== false,
    examples: (definition.examples ?? []).map((example) => ({ key: newKey(), ...example })),
  };
}

function fallbackText(variable: PromptVariable): string {
  if (variable.default === undefined) return '';
  return typeof variable.default === 'string' ? variable.default : JSON.stringify(variable.default);
}

export interface ReadDraft {
  readonly definition: PromptDefinition;
  /** What cannot be read, at the paths the server would name. */
  readonly issues: readonly FieldIssue[];
}

/** Types whose values are JSON, and may have a schema. */
export const STRUCTURED: ReadonlySet<VariableDraft['type']> = new Set(['json', 'array', 'object']);

/** The definition a draft stands for, and what of it cannot be read. */
export function readDraft(draft: Draft): ReadDraft {
  const issues: FieldIssue[] = [];
  const json = (text: string, path: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.push({ path: `definition.${path}`, message: 'This is not JSON. Check quotes and commas.' });
      return undefined;
    }
  };
  const number = (text: string, path: string): number | undefined => {
    if (text.trim() === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    issues.push({ path: `definition.${path}`, message: 'This is not a number.' });
    return undefined;
  };
  const variables = draft.variables.map((variable, at): PromptVariable => {
    const path = `variables.${at}`;
    const fallback = valueOf(variable, variable.fallback, () => json(variable.fallback, `${path}.default`));
    return {
      name: variable.name.trim(),
      type: variable.type,
      description: variable.description.trim(),
      required: variable.required,
      ...defined({
        default: fallback as PromptVariable['default'],
        ...(variable.type === 'string' ? { maxLength: number(variable.maxLength, `${path}.maxLength`) } : {}),
        ...(variable.type === 'number' || variable.type === 'integer'
          ? {
              minimum: number(variable.minimum, `${path}.minimum`),
              maximum: number(variable.maximum, `${path}.maximum`),
            }
          : {}),
        ...(variable.type === 'enum' ? { values: linesOf(variable.values) } : {}),
        ...(variable.type === 'array' ? { maxItems: number(variable.maxItems, `${path}.maxItems`) } : {}),
        ...(STRUCTURED.has(variable.type) && variable.schema.trim() !== ''
          ? { schema: json(variable.schema, `${path}.schema`) as PromptVariable['schema'] }
          : {}),
      }),
    };
  });
  const stop = linesOf(draft.stop);
  const settings = defined({
    temperature: number(draft.temperature, 'settings.temperature'),
    topP: number(draft.topP, 'settings.topP'),
    maxOutputTokens: number(draft.maxOutputTokens, 'settings.maxOutputTokens'),
    seed: number(draft.seed, 'settings.seed'),
    stop: stop.length > 0 ? stop : undefined,
  });
  const schema = draft.output === 'json' ? json(draft.schema, 'output.schema') : null;
  return {
    definition: {
      model: draft.model,
      messages: draft.messages.map(({ role, text }) => ({ role, text })),
      variables,
      settings,
      output:
        draft.output === 'json'
          ? {
              kind: 'json',
              schema: (schema ?? {}) as Record<string, never>,
              ...(draft.repair ? {} : { repair: false }),
            }
          : { kind: 'text' },
      ...(draft.examples.length > 0
        ? { examples: draft.examples.map(({ input, output }) => ({ input, output })) }
        : {}),
    },
    issues,
  };
}

/** A value typed for a variable, by its type; `undefined` for an empty field. */
export function valueOf(variable: Pick<VariableDraft, 'type'>, text: string, json: () => unknown): unknown {
  if (text === '') return undefined;
  switch (variable.type) {
    case 'string':
    case 'enum':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'number':
    case 'integer': {
      const value = Number(text);
      return Number.isFinite(value) && text.trim() !== '' ? value : text;
    }
    case 'json':
    case 'array':
    case 'object':
      return json();
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** JSON with its keys in order, to tell whether two definitions say the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What an author says of a prompt: shared texts are put in when it is saved. */
export function saidIn({ partials: _, ...said }: PromptDefinition): PromptDefinition {
  return said;
}

/** Placeholders in the messages that no variable is declared for, in order. */
export function undeclared(draft: Draft): string[] {
  const names = new Set(draft.variables.map(({ name }) => name));
  const texts = [
    ...draft.messages.map(({ text }) => text),
    ...draft.examples.flatMap((one) => [one.input, one.output]),
  ];
  const used = texts.flatMap((text) =>
    Array.from(text.matchAll(/\{\{\s*([a-zA-Z_][a-zA-Z0-9_]{0,63})\s*\}\}/g), (match) => match[1] as string),
  );
  return [...new Set(used)].filter((name) => !names.has(name));
}
