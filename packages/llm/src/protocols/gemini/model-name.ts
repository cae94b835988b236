/**
 * The generation a model's name tells: `gemini-2.5-flash` is 2.5; names that always mean the newest are 3. `0` where the name
 * tells nothing (tuned models, Gemma).
 */
export function generationOf(model: string): number {
  const found = /gemini-(\d{1,2})(?:\.(\d{1,2}))?(?![\d.])/.exec(model);
  if (found) return Number(`${found[1]}.${found[2] ?? '0'}`);
  return /gemini-(?:pro|flash|flash-lite)-latest/.test(model) ? 3 : 0;
}
