import type { PromptDefinition } from '@parley/contracts/snapshot';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';

export type OutputResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads a model's text as the prompt's output: the text itself, or JSON that fits the schema. */
export type OutputReader = (text: string) => OutputResult;

/** Patterns in a publisher's schema run in linear time (RE2), so that none can stall a shared process. */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // Ajv keeps one matcher per text of it, so two patterns must not read the same.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'require("re2js")' },
);

function parseJson(text: string): unknown {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text);
  return JSON.parse(fenced?.[1] ?? text);
}

/**
 * Prepares the reader of a prompt's output, once, when the prompt is loaded or saved.
 * Throws when the schema is no valid JSON Schema (draft 2020-12), refers to another document, or holds a pattern
 * outside RE2's syntax.
 */
export function compileOutput(output: PromptDefinition['output']): OutputReader {
  if (output.kind === 'text') return (text) => ({ ok: true, value: text });
  const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { regExp: linearRegExp } });
  const validate = ajv.compile(output.schema);
  return (text) => {
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return { ok: false, problem: 'the model answered with something that is not JSON' };
    }
    if (validate(value)) return { ok: true, value };
    const [error] = validate.errors ?? [];
    return { ok: false, problem: `${error?.instancePath || '/'} ${error?.message ?? 'does not fit the schema'}` };
  };
}
