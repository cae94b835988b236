import type { ClientCall } from '@parley/llm/codec';
import type { OperationCall, OperationName } from '@parley/llm/operations/operation';
import { membersOf } from '@parley/llm/operations/reply-members';
import { isProviderError, outputOf } from '@parley/llm/translate';
import { codecOf } from '@parley/llm/ways';
import type { CompiledModel } from '../../snapshot/compiled.ts';

/** A question to a chat model, in OpenAI's words: members of the request beside its model. */
export function chatQuestion(model: CompiledModel, request: Readonly<Record<string, unknown>>): ClientCall {
  const body = { ...request, model: model.slug, stream: false };
  const text = JSON.stringify(body);
  return { protocol: 'openai_chat', text, body, model: model.slug, stream: false, wantsUsage: false };
}

/** What a chat model said; `null` for an answer that did not end by itself (cut, filtered). */
export function chatReply(text: string): string | null {
  const answer = codecOf('openai_chat')?.provider?.readAnswer(text) ?? null;
  if (answer === null || isProviderError(answer)) return null;
  return answer.choices[0]?.finish?.reason === 'stop' ? outputOf(answer) : null;
}

/** The same, also for an answer that was cut at its bound of tokens. */
export function chatSaid(text: string): string | null {
  const answer = codecOf('openai_chat')?.provider?.readAnswer(text) ?? null;
  if (answer === null || isProviderError(answer)) return null;
  const reason = answer.choices[0]?.finish?.reason;
  return reason === 'stop' || reason === 'length' ? outputOf(answer) : null;
}

function operation(
  name: OperationName,
  model: CompiledModel,
  request: Readonly<Record<string, unknown>>,
): OperationCall {
  const body = { ...request, model: model.slug };
  return {
    operation: name,
    dialect: 'openai',
    model: model.slug,
    batch: false,
    stream: false,
    contentType: 'application/json',
    bytes: Buffer.from(JSON.stringify(body)),
    body,
  };
}

export function embeddingQuestion(model: CompiledModel, texts: readonly string[]): OperationCall {
  return operation('embeddings', model, { input: texts });
}

/** The vectors of an answer, in the order of their texts; `null` unless there are `count` good ones of one length. */
export function embeddingReply(text: string, count: number): number[][] | null {
  const data = membersOf(text, 'data');
  if (data?.length !== count) return null;
  const vectors: number[][] = [];
  for (const [at, item] of data.entries()) {
    const { embedding, index = at } = item;
    if (!Array.isArray(embedding) || embedding.length === 0 || typeof index !== 'number' || index in vectors)
      return null;
    if (index < 0 || index >= count || !embedding.every((value) => Number.isFinite(value))) return null;
    vectors[index] = embedding as number[];
  }
  return vectors.every(({ length }) => length === vectors[0]?.length) ? vectors : null;
}

export function moderationQuestion(model: CompiledModel, texts: readonly string[]): OperationCall {
  return operation('moderation', model, { input: texts });
}
