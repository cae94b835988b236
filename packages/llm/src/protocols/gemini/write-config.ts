import type { Target } from '../../codec.ts';
import type { Call, Loss, Reasoning } from '../../neutral/call.ts';
import { defined } from '../../object.ts';
import { generationOf } from './model-name.ts';
import { toGeminiSchema } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** Models from here on take JSON Schema itself beside their own subset. */
const JSON_SCHEMA_SINCE = 2.5;
const THINKING_SINCE = 2.5;
const LEVELS_SINCE = 3;

/**
 * A schema under the name for Gemini's subset where it can be said there, which every model takes; else, for models that
 * take it, as JSON Schema.
 */
export function writeSchema(
  schema: Json,
  [subset, whole, path]: readonly [subset: string, whole: string, path: string],
  target: Target,
  losses: Loss[],
): Json {
  const converted = toGeminiSchema(schema);
  if (converted.lost.length > 0 && generationOf(target.model) >= JSON_SCHEMA_SINCE) {
    const { $schema: _dialect, ...rest } = schema;
    return { [whole]: rest };
  }
  for (const what of converted.lost.slice(0, 10)) {
    losses.push({ path, why: `the model’s schemas cannot say ${what}`, essential: false });
  }
  return { [subset]: converted.schema };
}

/** What Google’s own OpenAI-compatible service makes of an effort. */
const BUDGETS: Readonly<Record<NonNullable<Reasoning['effort']>, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  max: 24_576,
};
const LEVELS: Readonly<Record<NonNullable<Reasoning['effort']>, string>> = {
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  max: 'high',
};

function level({ effort, budgetTokens }: Reasoning): string | undefined {
  if (effort !== undefined) return LEVELS[effort];
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens <= 1024) return 'low';
  return budgetTokens <= 8192 ? 'medium' : 'high';
}

/** Gemini 3 takes a level and cannot but think; 2.5 takes a number of tokens, 0 for none, -1 for as it sees fit. */
function writeThinking(call: Call, target: Target, losses: Loss[]): Json | undefined {
  const { reasoning } = call;
  if (reasoning === undefined) return undefined;
  const generation = generationOf(target.model);
  const path = call.protocol === 'gemini' ? 'generationConfig.thinkingConfig' : 'reasoning';
  if (target.quirks.reasoningEffort === false || generation < THINKING_SINCE) {
    if (reasoning.mode !== 'off') losses.push({ path, why: 'the model is told nothing of it', essential: false });
    return undefined;
  }
  const includeThoughts = reasoning.show;
  if (generation >= LEVELS_SINCE) {
    // Pro models know no `minimal`.
    const least = target.model.includes('flash') ? 'minimal' : 'low';
    const wanted = reasoning.mode === 'off' ? least : level(reasoning);
    if (reasoning.mode === 'off')
      losses.push({
        path,
        why: `the model always thinks; it is asked to think ${least === 'low' ? 'little' : 'least'}`,
        essential: false,
      });
    const thinkingLevel = wanted === 'minimal' ? least : wanted;
    return defined({ includeThoughts, thinkingLevel });
  }
  // 2.5 Pro cannot but think: 128 tokens are its least.
  const pro = target.model.includes('pro');
  if (reasoning.mode === 'off') return { thinkingBudget: pro ? 128 : 0 };
  const given = reasoning.budgetTokens ?? (reasoning.effort === undefined ? undefined : BUDGETS[reasoning.effort]);
  const thinkingBudget =
    given === undefined ? (reasoning.mode === 'adaptive' ? -1 : undefined) : Math.min(given, pro ? 32_768 : 24_576);
  return defined({ includeThoughts, thinkingBudget });
}

/** Puts members that were kept by their path where they stood: `generationConfig.speechConfig`. */
export function placed(extra: Json, under: string): Json {
  const members = Object.entries(extra).filter(([path]) => path.startsWith(under));
  return Object.fromEntries(members.map(([path, value]) => [path.slice(under.length), value]));
}

/** Writes `generationConfig`; `undefined` when there is nothing to say. */
export function writeConfig(call: Call, target: Target, losses: Loss[]): Json | undefined {
  const { output, logprobs } = call;
  const form =
    output?.kind === 'json_schema'
      ? writeSchema(output.schema, ['responseSchema', 'responseJsonSchema', outputPath(call)], target, losses)
      : {};
  const config = defined({
    ...(call.protocol === 'gemini' ? placed(call.extra, 'generationConfig.') : {}),
    ...form,
    responseMimeType: output === undefined ? undefined : 'application/json',
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    maxOutputTokens: call.maxOutputTokens,
    candidateCount: call.choices,
    stopSequences: call.stop?.length === 0 ? undefined : call.stop,
    seed: call.seed,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    responseLogprobs: logprobs === undefined ? undefined : true,
    logprobs: logprobs !== undefined && logprobs.top > 0 ? logprobs.top : undefined,
    thinkingConfig: writeThinking(call, target, losses),
  });
  return Object.keys(config).length === 0 ? undefined : config;
}

function outputPath(call: Call): string {
  return call.protocol === 'gemini' ? 'generationConfig.responseJsonSchema' : 'response_format';
}
