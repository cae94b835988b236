import type { AnswerView, PassedAnswer } from '../../codec.ts';
import { editObject } from '../../json-edit.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { readErrorBody } from './errors.ts';
import { collectOutput, readUsage } from './usage.ts';

/** Every text of an answer's messages. */
function outputOf(choices: readonly unknown[]): string {
  const texts: string[] = [];
  for (const choice of choices) if (isObject(choice)) collectOutput(choice.message, texts);
  return texts.join('\n');
}

/**
 * A provider's completion for a client of the same protocol: its text with the tenant's name for the model. An error in a 200
 * is a `ProviderError`; `null` for what is no completion (a web page, an empty body).
 */
export function toPassedAnswer(text: string, view: AnswerView): PassedAnswer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (body.error !== undefined && body.error !== null) return readErrorBody(body, 502);
  const { choices } = body;
  if (!Array.isArray(choices)) return null;
  const providerModel = textOf(body.model) ?? null;
  const edit = { key: 'model', value: JSON.stringify(view.model), add: false };
  const first: unknown = choices[0];
  return {
    text: providerModel === view.model ? text : editObject(text, [edit]),
    usage: readUsage(body.usage),
    providerModel,
    finishReason: isObject(first) ? (textOf(first.finish_reason) ?? null) : null,
    output: () => outputOf(choices),
  };
}
