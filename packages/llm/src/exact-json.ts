import { memberText } from './json-edit.ts';
import { isObject, parseJson } from './object.ts';

/** Numbers that `JSON.parse` may not keep: of more digits than a double has, or with an exponent. */
const INEXACT = /[:,[\s]-?\d(?:[\d.]{15,}|[\d.]*[eE])/;

/** True where a JSON text holds, or may hold, a number whose digits do not survive `JSON.parse`. Linear. */
export function mayLoseDigits(text: string): boolean {
  return INEXACT.test(text);
}

/** JSON text of a member as it stands in its object's text; written anew where there is no text to look into. */
export function memberJson(object: Readonly<Record<string, unknown>>, text: string | null, key: string): string {
  return (text === null ? null : memberText(text, key)) ?? JSON.stringify(object[key] ?? {});
}

/**
 * Arguments of a tool call as the JSON object that some protocols want: the model's own text, digits and order of keys kept.
 * What is no object is wrapped as Anthropic's documentation advises for broken JSON, so that nothing of it is lost.
 */
export function objectJson(text: string): string {
  if (text.trim() === '') return '{}';
  return isObject(parseJson(text)) ? text : `{"INVALID_JSON":${JSON.stringify(text)}}`;
}
