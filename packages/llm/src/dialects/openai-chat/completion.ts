import { editObject } from '../../json-edit.ts';
import { type ChatUsage, collectOutput, isObject, readUsage } from './usage.ts';

/** A whole (not streamed) answer as a provider gave it. */
export interface Completion {
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly usage: ChatUsage | null;
  /** The model the provider says it used. */
  readonly providerModel: string | null;
}

/** Reads a chat completion; `null` when the text is not one (an error in a 200, a web page, an empty body). */
export function readCompletion(text: string): Completion | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body) || !Array.isArray(body.choices) || (body.error !== undefined && body.error !== null)) return null;
  return {
    text,
    body,
    usage: readUsage(body.usage),
    providerModel: typeof body.model === 'string' ? body.model : null,
  };
}

/** The answer for the client: the provider's text with the tenant's name for the model. */
export function toClientBody(completion: Completion, model: string): string {
  if (completion.providerModel === model) return completion.text;
  return editObject(completion.text, [{ key: 'model', value: JSON.stringify(model), add: false }]);
}

/** All text of the answer, for an estimate of its tokens. */
export function completionText(completion: Completion): string {
  const texts: string[] = [];
  for (const choice of completion.body.choices as unknown[]) if (isObject(choice)) collectOutput(choice.message, texts);
  return texts.join('\n');
}

/** Content and finish reason of the first choice; `null` for what is missing. */
export function firstChoice(completion: Completion): { content: string | null; finishReason: string | null } {
  const choice = (completion.body.choices as unknown[])[0];
  if (!isObject(choice)) return { content: null, finishReason: null };
  const content = isObject(choice.message) ? choice.message.content : null;
  return {
    content: typeof content === 'string' ? content : null,
    finishReason: typeof choice.finish_reason === 'string' ? choice.finish_reason : null,
  };
}
