import { type Completion, firstChoice } from '@parley/llm/dialects/openai-chat/completion';
import type { ChatStream } from '@parley/llm/dialects/openai-chat/stream';
import { sseEvent } from '@parley/llm/sse';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { problem } from '../wire/error-body.ts';
import { refuse } from './refuse.ts';
import type { Answer } from './relay-completion.ts';
import type { StreamForm } from './relay-stream.ts';
import { reply } from './reply.ts';

/** The answer of a prompt endpoint, as JSON; or why the model's text is no such answer. */
function promptAnswer(exchange: Exchange, content: string, finishReason: string | null): string | Refusal {
  const target = exchange.version?.target;
  if (target?.kind !== 'prompt') return refusal('internal');
  if (target.output === null) {
    return refusal('output_schema_failed', { message: 'The output schema of this endpoint is not usable.' });
  }
  const output = target.output(content);
  if (!output.ok) {
    return refusal('output_schema_failed', {
      message: `The model’s answer does not fit the output schema: ${output.problem}.`,
    });
  }
  return JSON.stringify({
    id: exchange.id,
    output: output.value,
    model: exchange.model?.slug ?? null,
    usage: { inputTokens: exchange.inputTokens, outputTokens: exchange.outputTokens },
    finishReason,
  });
}

/** Answers a prompt call that is not streamed. */
export const answerPrompt: Answer = (exchange, ports, completion: Completion) => {
  const { content, finishReason } = firstChoice(completion);
  if (content === null) return refuse(exchange, refusal('upstream_invalid'), ports);
  const answer = promptAnswer(exchange, content, finishReason);
  if (answer instanceof Refusal) return refuse(exchange, answer, ports);
  reply(exchange, ports, 200, answer);
};

/**
 * A prompt endpoint's stream: `delta` events with text, then `done` with the whole answer; `error` with a problem when
 * it breaks off. One form per call: it keeps the text for the end.
 */
export class PromptForm implements StreamForm {
  #text = '';

  piece(_text: string, stream: ChatStream): string {
    const delta = stream.takeContent();
    this.#text += delta;
    return delta === '' ? '' : sseEvent('delta', JSON.stringify({ text: delta }));
  }

  ending(exchange: Exchange, stream: ChatStream): string | Refusal {
    const answer = promptAnswer(exchange, this.#text, stream.finishReason);
    return answer instanceof Refusal ? answer : sseEvent('done', answer);
  }

  broken(exchange: Exchange, _stream: ChatStream, reason: Refusal, ports: Ports): string {
    return sseEvent('error', JSON.stringify(problem(exchange, reason, ports.portalUrl)));
  }
}
