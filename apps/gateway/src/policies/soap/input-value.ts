import type { PlannedInput } from '@parley/contracts/graphql-plan';
import type { Problem } from '@parley/domain/graphql/input-types';
import { pointerSteps } from '@parley/domain/translation/json-pointer';
import type { Given } from '../translation/inputs.ts';

/** The JSON value that an operation is called with: each input at its place. */
export function inputValue(inputs: readonly PlannedInput[], given: readonly Given[], problems: Problem[]): unknown {
  let value: unknown = {};
  inputs.forEach((input, at) => {
    const one = given[at] ?? null;
    if (one === null) return;
    if ('wrong' in one) {
      problems.push({ pointer: `/${input.from}/${input.at}`, message: one.wrong });
      return;
    }
    const found = 'json' in one ? one.json : one.texts.length === 1 ? one.texts[0] : one.texts;
    value = placed(value, pointerSteps(input.name), found);
  });
  return value;
}

function placed(value: unknown, [step, ...further]: readonly string[], found: unknown): unknown {
  if (step === undefined) return found;
  const outer = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const inner = Object.hasOwn(outer, step) ? (outer as Record<string, unknown>)[step] : {};
  return { ...outer, [step]: placed(inner, further, found) };
}

/** A place of that value as the caller knows it: `/symbol` may have come from `/query/symbol`. */
export function asGiven(inputs: readonly PlannedInput[], pointer: string): string {
  const from = inputs
    .filter(({ name }) => pointer === name || pointer.startsWith(`${name}/`))
    .reduce<PlannedInput | null>((best, one) => (best && best.name.length > one.name.length ? best : one), null);
  if (from === null) return pointer;
  if (from.from !== 'body') return `/${from.from}/${from.at}`;
  return `/body${from.at}${pointer.slice(from.name.length)}`;
}
