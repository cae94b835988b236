import type { Call, CallIssue, OutputForm, Reasoning } from '../../neutral/call.ts';
import { defined, isObject } from '../../object.ts';
import { camel, field, type Json, numberField, objectField, textField } from './field.ts';
import { problem } from './read-contents.ts';
import { fromGeminiSchema } from './schema.ts';

/** Numbers of `generationConfig`. */
const NUMBERS = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
] as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...NUMBERS,
  'stopSequences',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
]);

function readOutput(config: Json): OutputForm | undefined {
  const given = field(config, 'responseJsonSchema') ?? config._responseJsonSchema;
  if (isObject(given)) return { kind: 'json_schema', name: 'answer', schema: given };
  const schema = field(config, 'responseSchema');
  if (isObject(schema)) return { kind: 'json_schema', name: 'answer', schema: fromGeminiSchema(schema) };
  return textField(config, 'responseMimeType') === 'application/json' ? { kind: 'json' } : undefined;
}

const LEVELS: Readonly<Record<string, Reasoning['effort']>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
};

function readThinking(config: Json): Reasoning | undefined {
  const given = objectField(config, 'thinkingConfig');
  if (!given) return undefined;
  const includes = field(given, 'includeThoughts');
  const show = typeof includes === 'boolean' ? includes : undefined;
  const budget = numberField(given, 'thinkingBudget');
  const effort = LEVELS[(textField(given, 'thinkingLevel') ?? '').toUpperCase()];
  if (effort !== undefined) return defined({ mode: 'on', effort, show }) as Reasoning;
  if (budget === 0) return { mode: 'off' };
  if (budget !== undefined && budget > 0) return defined({ mode: 'on', budgetTokens: budget, show }) as Reasoning;
  return budget !== undefined || show === true ? (defined({ mode: 'adaptive', show }) as Reasoning) : undefined;
}

/** What `generationConfig` says of a call. Members without a place of their own are kept by their path. */
export function readConfig(body: Json): Partial<Call> | CallIssue {
  const config = objectField(body, 'generationConfig') ?? {};
  for (const name of NUMBERS) {
    const value = field(config, name);
    if (value !== undefined && typeof value !== 'number')
      return problem(`generationConfig.${name}`, 'must be a number');
  }
  const stop = field(config, 'stopSequences');
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((each) => typeof each === 'string'))) {
    return problem('generationConfig.stopSequences', 'must be a list of texts');
  }
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(config)) {
    const name = camel(key);
    const isText = name === 'responseModalities' && JSON.stringify(value) === '["TEXT"]';
    if (!KNOWN.has(name) && key !== '_responseJsonSchema' && !isText) kept.push([`generationConfig.${name}`, value]);
  }
  const choices = numberField(config, 'candidateCount');
  return {
    ...defined({
      temperature: numberField(config, 'temperature'),
      topP: numberField(config, 'topP'),
      topK: numberField(config, 'topK'),
      maxOutputTokens: numberField(config, 'maxOutputTokens'),
      choices: choices === 1 ? undefined : choices,
      seed: numberField(config, 'seed'),
      presencePenalty: numberField(config, 'presencePenalty'),
      frequencyPenalty: numberField(config, 'frequencyPenalty'),
      stop,
      logprobs: field(config, 'responseLogprobs') === true ? { top: numberField(config, 'logprobs') ?? 0 } : undefined,
      output: readOutput(config),
      reasoning: readThinking(config),
    } as Partial<Call>),
    extra: Object.fromEntries(kept),
  };
}
