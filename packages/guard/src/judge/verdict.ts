import type { Scores } from '../checks/advice.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function scoresOf(value: unknown, categories: readonly string[]): Scores | null {
  if (!isObject(value) || Object.keys(value).length !== categories.length) return null;
  const scores: Record<string, number> = {};
  for (const category of categories) {
    const score = Object.hasOwn(value, category) ? value[category] : undefined;
    if (typeof score !== 'number' || !(score >= 0 && score <= 1)) return null;
    scores[category] = score;
  }
  return scores;
}

/**
 * A judge's answer, read strictly: one JSON object (in a code fence or not) with the question's key and, for each text, exactly the
 * categories with scores of 0 to 1. `null` for anything else, which is no verdict: never a good one.
 */
export function judgeVerdict(
  reply: string,
  { key, count, categories }: { readonly key: string; readonly count: number; readonly categories: readonly string[] },
): Scores[] | null {
  const fenced = /^```(?:json)?\s*\n([^]*)\n```$/.exec(reply.trim())?.[1];
  let parsed: unknown;
  try {
    parsed = JSON.parse(fenced ?? reply);
  } catch {
    return null;
  }
  if (!isObject(parsed) || Object.keys(parsed).length !== 2 || parsed['key'] !== key) return null;
  const { texts } = parsed;
  if (!Array.isArray(texts) || texts.length !== count) return null;
  const scores = texts.map((text) => scoresOf(text, categories));
  return scores.every((one) => one !== null) ? scores : null;
}
