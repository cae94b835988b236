import type { PromptDefinition } from '@parley/contracts/snapshot';
import { compileSchema } from './json-schema.ts';
import type { ChatBody } from './render.ts';

export type OutputResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads a model's text as the prompt's output: the text itself, or JSON that fits the schema. */
export type OutputReader = (text: string) => OutputResult;

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
  const check = compileSchema(output.schema);
  return (text) => {
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return { ok: false, problem: 'the model answered with something that is not JSON' };
    }
    const problem = check(value);
    return problem === null ? { ok: true, value } : { ok: false, problem };
  };
}

/** A failed answer is given back to the model no longer than this, in characters. */
const MAX_FAILED_ANSWER = 100_000;

/** What is said to a model whose answer did not fit: its answer, and what is wrong with it. */
export function repairWords(answer: string, problem: string): { readonly answer: string; readonly ask: string } {
  return {
    // Providers refuse empty messages.
    answer: answer.slice(0, MAX_FAILED_ANSWER) || '(no answer)',
    ask: `Your answer does not fit the required JSON Schema: ${problem}. Answer again with nothing but JSON that fits.`,
  };
}

/** The request that asks once more: the same, with the answer that did not fit and what is wrong with it. */
export function repairRequest(request: ChatBody, failed: string, problem: string): ChatBody {
  const messages: readonly unknown[] = Array.isArray(request['messages']) ? request['messages'] : [];
  const { answer, ask } = repairWords(failed, problem);
  return {
    ...request,
    messages: [...messages, { role: 'assistant', content: answer }, { role: 'user', content: ask }],
  };
}
