import { z } from 'zod';
import { fingerprint, seededDice } from '../../core/seeded.ts';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { takeDirectives } from '../../faults.ts';
import type { Look } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { invalidRequest } from '../openai/api-error.ts';

/** `POST /v1/moderations` (OpenAI API reference, Moderations): flagged by words, so that a test knows what will be. */
const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);
const requestSchema = z.strictObject({
  model: z.string().default('sim-moderation'),
  input: z.union([z.string(), z.array(z.string()).min(1), z.array(part).min(1)]),
});
type Input = z.infer<typeof requestSchema>['input'];

/** Words that flag a category; the others of OpenAI's are never flagged. Pictures are judged safe, unseen. */
const WORDS: Readonly<Record<string, RegExp | null>> = {
  harassment: /\b(idiot|moron|loser)s?\b/i,
  'harassment/threatening': /\bI('ll| will) (hurt|kill|find) you\b/i,
  hate: /\bI hate (all )?\w+ people\b/i,
  'hate/threatening': null,
  illicit: /\b(pick a lock|hotwire|counterfeit)\b/i,
  'illicit/violent': /\b(pipe bomb|molotov)\b/i,
  'self-harm': /\b(hurt|kill|harm) myself\b/i,
  'self-harm/intent': /\bI (want to|will) (hurt|kill|harm) myself\b/i,
  'self-harm/instructions': null,
  sexual: /\b(porn|erotic)\w*\b/i,
  'sexual/minors': null,
  violence: /\b(kill|murder|stab|massacre)\w*\b/i,
  'violence/graphic': /\b(gore|beheading)\b/i,
};
const IMAGE_CATEGORIES = [
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'violence',
  'violence/graphic',
];

function judged(text: string, kinds: readonly string[]): object {
  const flags = Object.entries(WORDS).map(([name, words]) => [name, words?.test(text) ?? false] as const);
  const scores = flags.map(([name, flagged]): [string, number] => {
    const { fraction } = seededDice(fingerprint([text, name]));
    return [name, Number((flagged ? 0.8 + fraction() * 0.19 : fraction() * 0.01).toFixed(6))];
  });
  const applied = flags.map(([name]): [string, string[]] => [
    name,
    kinds.filter((kind) => kind === 'text' || IMAGE_CATEGORIES.includes(name)),
  ]);
  return {
    flagged: flags.some(([, flagged]) => flagged),
    categories: Object.fromEntries(flags),
    category_scores: Object.fromEntries(scores),
    category_applied_input_types: Object.fromEntries(applied),
  };
}

/** One verdict for each text; parts are judged together. */
function results(input: Input): object[] {
  if (typeof input === 'string') return [judged(takeDirectives(input).text, ['text'])];
  const texts = input.filter((found) => typeof found === 'string');
  if (texts.length === input.length) return texts.map((found) => judged(takeDirectives(found).text, ['text']));
  const parts = input.filter((found) => typeof found !== 'string');
  const text = parts.map((found) => (found.type === 'text' ? found.text : '')).join(' ');
  const kinds = parts.map((found) => (found.type === 'text' ? 'text' : 'image'));
  return [judged(takeDirectives(text).text, [...new Set(kinds)])];
}

export function lookAtInput(body: unknown): Look {
  const { model, input } = (body ?? {}) as Record<string, unknown>;
  const text = typeof input === 'string' ? input : '';
  return { model: typeof model === 'string' ? model : null, stream: false, text };
}

export async function moderate(exchange: Exchange, body: unknown): Promise<void> {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const { model } = parseModel(parsed.data.model);
  const id = `modr-sim${fingerprint(parsed.data.input).slice(0, 20)}`;
  await deliverJson(exchange, { id, model, results: results(parsed.data.input) }, 0, 0);
}
