import type { PromptDefinition } from '@parley/contracts/snapshot';
import { maxTokensField } from '../output-bound.ts';
import { flattenPrompt } from './flatten.ts';
import {
  compileVariableSchemas,
  type VariableIssue,
  type VariableSchemas,
  type VariableValues,
  validateVariables,
} from './variables.ts';

const PLACEHOLDER = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]{0,63})\s*\}\}/g;

/** Names of the placeholders in a text, in order of first appearance. */
export function placeholdersIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] as string))];
}

/** A text split at its placeholders: even entries are literal, odd ones names of variables. */
type Template = readonly string[];

/** A prompt prepared once, when it is loaded, so that a call only fills in values. */
export interface CompiledPrompt {
  /** Flattened: shared texts and examples are in its messages. */
  readonly definition: PromptDefinition;
  /** Of its variables. */
  readonly names: ReadonlySet<string>;
  readonly schemas: VariableSchemas;
  readonly templates: readonly Template[];
}

/** A request body of OpenAI's chat completions. */
export type ChatBody = Record<string, unknown>;

export type RenderResult =
  | { readonly ok: true; readonly request: ChatBody }
  | { readonly ok: false; readonly issues: readonly VariableIssue[] };

export interface RenderOptions {
  /** Name the provider knows the model by; the definition's own name unless told. */
  readonly model?: string;
  readonly stream?: boolean;
}

/** Splits every message at its placeholders. A placeholder that names no variable stays literal text. */
export function compilePrompt(given: PromptDefinition): CompiledPrompt {
  const definition = flattenPrompt(given);
  const names = new Set(definition.variables.map((variable) => variable.name));
  const templates = definition.messages.map((message) => {
    const parts: string[] = [];
    let literal = '';
    for (const [i, part] of message.text.split(PLACEHOLDER).entries()) {
      if (i % 2 === 0) literal += part;
      else if (names.has(part)) {
        parts.push(literal, part);
        literal = '';
      } else literal += `{{${part}}}`;
    }
    parts.push(literal);
    return parts;
  });
  return { definition, names, templates, schemas: compileVariableSchemas(definition.variables) };
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fills a template in one pass: a value that looks like a placeholder is never expanded again. */
function fill(template: Template, values: VariableValues): string {
  let out = '';
  for (let i = 0; i < template.length; i++) {
    out += i % 2 === 0 ? template[i] : asText(values.get(template[i] as string));
  }
  return out;
}

/** Builds the chat request of a prepared prompt; or lists what is wrong with the variables. */
export function renderCompiled(prompt: CompiledPrompt, variables: unknown, options: RenderOptions = {}): RenderResult {
  const { definition } = prompt;
  const checked = validateVariables(definition.variables, variables, prompt.schemas);
  if (!checked.ok) return checked;
  const model = options.model ?? definition.model;
  const { temperature, topP, maxOutputTokens, seed, stop } = definition.settings;
  const request: ChatBody = {
    model,
    messages: definition.messages.map((message, i) => ({
      role: message.role,
      content: fill(prompt.templates[i] as Template, checked.values),
    })),
  };
  if (temperature !== undefined) request.temperature = temperature;
  if (topP !== undefined) request.top_p = topP;
  if (maxOutputTokens !== undefined) request[maxTokensField(model)] = maxOutputTokens;
  if (seed !== undefined) request.seed = seed;
  if (stop !== undefined && stop.length > 0) request.stop = stop;
  if (definition.output.kind === 'json') {
    request.response_format = {
      type: 'json_schema',
      json_schema: { name: 'output', schema: definition.output.schema },
    };
  }
  if (options.stream) {
    request.stream = true;
    request.stream_options = { include_usage: true };
  }
  return { ok: true, request };
}

/**
 * Builds the chat request of a prompt with these variables: `{ok, request}`, or `{ok: false, issues}` naming every
 * variable that does not fit. Text values are inserted as they are, others as JSON.
 */
export function renderPrompt(definition: PromptDefinition, variables: unknown, options?: RenderOptions): RenderResult {
  return renderCompiled(compilePrompt(definition), variables, options);
}
