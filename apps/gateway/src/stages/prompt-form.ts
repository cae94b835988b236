import type { ProviderCodec } from '@parley/llm/codec';
import { sseEvent } from '@parley/llm/sse';
import { TextStream } from '@parley/llm/text-stream';
import { isProviderError, outputOf } from '@parley/llm/translate';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import { onceChecked } from '../policies/guardrails/asks/once-checked.ts';
import type { WatchedText } from '../policies/guardrails/call-guard.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { problem } from '../wire/error-body.ts';
import { nonsenseFailure, toldFailure } from './provider-failure.ts';
import type { Answer } from './relay-completion.ts';
import type { StreamForm } from './relay-stream.ts';
import { mayRepair, repairOutput } from './repair-output.ts';
import { reply } from './reply.ts';
import { noteEstimatedUsage, noteProviderUsage } from './usage.ts';

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

/** How the call's provider is read. */
function providerOf({ way }: Exchange): ProviderCodec | null {
  return way === null ? null : (codecOf(way.to)?.provider ?? null);
}

/** Answers a prompt call that is not streamed; an answer that does not fit its schema is asked for once more. */
export const answerPrompt: Answer = (exchange, ports, text) => {
  const answer = providerOf(exchange)?.readAnswer(text) ?? null;
  if (answer === null || isProviderError(answer)) return toldFailure(exchange, answer);
  exchange.providerModel = answer.model?.slice(0, 200) ?? null;
  exchange.finishReason = answer.choices[0]?.finish?.reason ?? null;
  if (answer.usage) noteProviderUsage(exchange, answer.usage);
  else noteEstimatedUsage(exchange, outputOf(answer));
  const [choice] = answer.choices;
  const texts = choice?.blocks.filter(({ kind }) => kind === 'text') ?? [];
  if (texts.length === 0) return nonsenseFailure();
  const content = texts.map((block) => block.text).join('');
  const guarded = exchange.guard?.whole(content) ?? content;
  return onceChecked(exchange, ports, () => {
    const written = promptAnswer(exchange, guarded, choice?.finish?.reason ?? null);
    if (written instanceof Refusal) return written;
    if (written instanceof Misfit) {
      if (!mayRepair(exchange)) return written.refusal();
      return repairOutput(exchange, ports, { content, problem: written.problem, answer: answerPrompt });
    }
    reply(exchange, ports, 200, written);
    return null;
  });
};

/**
 * A prompt endpoint's stream: `delta` events with text, then `done` with the whole answer; `error` with a problem when
 * it breaks off, or when the text does not fit the schema: what the caller has seen cannot be taken back. One form per
 * call: it keeps the text for the end.
 */
class PromptForm implements StreamForm {
  readonly stream: TextStream;
  readonly #exchange: Exchange;
  readonly #portalUrl: string;
  readonly #watched: WatchedText | null;
  #text = '';
  /** What was held back until the answer ended. */
  #rest: string | null = null;

  constructor(exchange: Exchange, ports: Ports, from: ProviderCodec, model: CompiledModel) {
    this.#exchange = exchange;
    this.#portalUrl = ports.portalUrl;
    this.stream = new TextStream(from, model.target);
    this.#watched = exchange.guard?.text() ?? null;
  }

  piece(text: string): string {
    return this.#delta(this.#watched === null ? text : this.#watched.feed(text));
  }

  #delta(text: string): string {
    this.#text += text;
    return text === '' ? '' : sseEvent('delta', JSON.stringify({ text }));
  }

  stopped(): Refusal | null {
    return this.#exchange.guard?.refusal() ?? null;
  }

  waiting(): Promise<void> | null {
    this.#rest ??= this.#watched === null ? '' : this.#delta(this.#watched.end());
    this.#exchange.guard?.checkWhole();
    return this.#exchange.guard?.advice?.settled() ?? null;
  }

  ending(): string | Refusal {
    const rest = this.#rest ?? (this.#watched === null ? '' : this.#delta(this.#watched.end()));
    const stopped = this.stopped();
    if (stopped !== null) return stopped;
    const answer = promptAnswer(this.#exchange, this.#text, this.stream.finishReason);
    if (typeof answer === 'string') return rest + sseEvent('done', answer);
    return answer instanceof Misfit ? answer.refusal() : answer;
  }

  broken(reason: Refusal): string {
    return sseEvent('error', JSON.stringify(problem(this.#exchange, reason, this.#portalUrl)));
  }
}

/** The form of a prompt call's stream; `null` when the call was not prepared. */
export function promptForm(exchange: Exchange, ports: Ports): StreamForm | null {
  const from = providerOf(exchange);
  return from === null || exchange.model === null ? null : new PromptForm(exchange, ports, from, exchange.model);
}
