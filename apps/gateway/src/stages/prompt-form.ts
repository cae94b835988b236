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
import { mayRepair, repairOutput } from './repair-output.ts';
import { reply } from './reply.ts';

/** The model's text does not fit the output schema. */
class Misfit {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }

  refusal(): Refusal {
    return refusal('output_schema_failed', {
      message: `The model’s answer does not fit the output schema: ${this.problem}.`,
    });
  }
}

/** The answer of a prompt endpoint, as JSON; or why the model's text is no such answer. */
function promptAnswer(exchange: Exchange, content: string, finishReason: string | null): string | Refusal | Misfit {
  const { offer } = exchange;
  if (offer === null) return refusal('internal');
  if (offer.output === null) {
    return refusal('output_schema_failed', { message: 'The output schema of this endpoint is not usable.' });
  }
  const output = offer.output(content);
  const checked = offer.prompt.definition.output.kind === 'json';
  if (!output.ok) {
    exchange.outputCheck = 'failed';
    return new Misfit(output.problem);
  }
  if (checked) exchange.outputCheck = exchange.earlier === null ? 'first' : 'repaired';
  return JSON.stringify({
    id: exchange.id,
    output: output.value,
    model: exchange.model?.slug ?? null,
    usage: { inputTokens: exchange.inputTokens, outputTokens: exchange.outputTokens },
    finishReason,
  });
}

/** Answers a prompt call that is not streamed; an answer that does not fit its schema is asked for once more. */
export const answerPrompt: Answer = (exchange, ports, completion: Completion) => {
  const { content, finishReason } = firstChoice(completion);
  if (content === null) return refuse(exchange, refusal('upstream_invalid'), ports);
  const answer = promptAnswer(exchange, content, finishReason);
  if (typeof answer === 'string') return reply(exchange, ports, 200, answer);
  if (answer instanceof Refusal) return refuse(exchange, answer, ports);
  if (!mayRepair(exchange)) return refuse(exchange, answer.refusal(), ports);
  repairOutput(exchange, ports, { content, problem: answer.problem, answer: answerPrompt });
};

/**
 * A prompt endpoint's stream: `delta` events with text, then `done` with the whole answer; `error` with a problem when
 * it breaks off, or when the text does not fit the schema: what the caller has seen cannot be taken back. One form per
 * call: it keeps the text for the end.
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
    if (typeof answer === 'string') return sseEvent('done', answer);
    return answer instanceof Misfit ? answer.refusal() : answer;
  }

  broken(exchange: Exchange, _stream: ChatStream, reason: Refusal, ports: Ports): string {
    return sseEvent('error', JSON.stringify(problem(exchange, reason, ports.portalUrl)));
  }
}
