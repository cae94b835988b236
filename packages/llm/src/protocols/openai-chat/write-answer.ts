import type { AnswerView } from '../../codec.ts';
import type { Answer, Block, Choice } from '../../neutral/answer.ts';
import type { Usage } from '../../neutral/usage.ts';
import { defined } from '../../object.ts';
import { writeFinish } from './finish.ts';
import { thoughtDetail, writeProof } from './thoughts.ts';

/** Usage in OpenAI's arithmetic: cached tokens are part of the prompt's, reasoning ones of the completion's. */
export function writeUsage(usage: Usage): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: defined({
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteInputTokens > 0 ? usage.cacheWriteInputTokens : undefined,
    }),
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

/** The id of an answer: the provider's where it is of this protocol's form. */
export function answerId(id: string | null, view: AnswerView): string {
  return id?.startsWith('chatcmpl-') ? id : `chatcmpl-${view.id}`;
}

function writeCall(block: Extract<Block, { kind: 'tool_call' }>): unknown {
  const fn = { name: block.name, arguments: block.text === '' ? '{}' : block.text };
  return defined({ id: block.id, type: 'function', function: fn, extra_content: writeProof(block.proof) });
}

function textsOf(blocks: readonly Block[], kind: 'text' | 'refusal' | 'reasoning'): string | null {
  const texts: string[] = [];
  for (const block of blocks) if (block.kind === kind && block.text !== '') texts.push(block.text);
  return texts.length === 0 ? null : texts.join('');
}

function writeChoice(choice: Choice, index: number): unknown {
  const { blocks, finish } = choice;
  const calls: unknown[] = [];
  const images: unknown[] = [];
  const details: unknown[] = [];
  const annotations: unknown[] = [];
  for (const block of blocks) {
    if (block.kind === 'tool_call') calls.push(writeCall(block));
    else if (block.kind === 'image') {
      images.push({ type: 'image_url', image_url: { url: `data:${block.mediaType};base64,${block.text}` } });
    } else if (block.kind === 'reasoning' && block.proof) {
      details.push(thoughtDetail(block.text, block.proof, block.redacted));
    } else if (block.kind === 'other' && block.protocol === 'openai_chat') calls.push(block.raw);
    else if (block.kind === 'text' && block.annotations) annotations.push(...block.annotations);
  }
  const message = defined({
    role: 'assistant',
    content: textsOf(blocks, 'text'),
    refusal: textsOf(blocks, 'refusal'),
    reasoning_content: textsOf(blocks, 'reasoning') ?? undefined,
    reasoning_details: details.length === 0 ? undefined : details,
    tool_calls: calls.length === 0 ? undefined : calls,
    images: images.length === 0 ? undefined : images,
    annotations: annotations.length === 0 ? undefined : annotations,
  });
  const reason = writeFinish(finish?.reason);
  return defined({ index, message, logprobs: null, finish_reason: reason, stop_reason: finish?.stopSequence });
}

/** Writes a whole answer as a chat completion. */
export function writeAnswer(answer: Answer, view: AnswerView): string {
  return JSON.stringify({
    id: answerId(answer.id, view),
    object: 'chat.completion',
    created: view.createdS,
    model: view.model,
    choices: answer.choices.map(writeChoice),
    usage: answer.usage ? writeUsage(answer.usage) : null,
  });
}
