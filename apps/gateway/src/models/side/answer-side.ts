import { isProviderError } from '@parley/llm/translate';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { answerView } from '../../stages/answer-chat.ts';
import { toldFailure } from '../../stages/provider-failure.ts';
import type { Answer } from '../../stages/relay-completion.ts';
import { settle } from '../../stages/settle.ts';
import { noteEstimatedUsage, noteProviderUsage } from '../../stages/usage.ts';
import type { TryFailure } from '../failure.ts';

function chatAnswer(exchange: Exchange, ports: Ports, text: string): string | TryFailure | Refusal {
  const { way, model } = exchange;
  const view = answerView(exchange, ports);
  if (way === null || model === null || view === null) return refusal('internal');
  const answer = way.answer(text, view, model.target);
  if (answer === null || isProviderError(answer)) return toldFailure(exchange, answer);
  exchange.providerModel = answer.providerModel?.slice(0, 200) ?? null;
  exchange.finishReason = answer.finishReason?.slice(0, 40) ?? null;
  if (answer.usage) noteProviderUsage(exchange, answer.usage);
  else noteEstimatedUsage(exchange, answer.output());
  return answer.text;
}

function operationAnswer(exchange: Exchange, text: string): string | TryFailure | Refusal {
  const { operation, operationWay, model } = exchange;
  if (operation === null || operationWay === null || model === null) return refusal('internal');
  const answer = operationWay.answer(text, operation, { model: model.slug, id: exchange.id });
  if (answer === null || isProviderError(answer)) return toldFailure(exchange, answer);
  exchange.providerModel = answer.providerModel?.slice(0, 200) ?? null;
  if (answer.usage) noteProviderUsage(exchange, answer.usage);
  else noteEstimatedUsage(exchange, '');
  return answer.text;
}

/** Takes a provider's whole answer to a side call, in the protocol the question was written in. */
export const answerSide: Answer = (exchange, ports, text) => {
  const { side } = exchange;
  if (side === null) return refusal('internal');
  const answer = exchange.chat === null ? operationAnswer(exchange, text) : chatAnswer(exchange, ports, text);
  if (typeof answer !== 'string') return answer;
  side.answer = answer;
  exchange.status = 200;
  settle(exchange, ports);
  return null;
};
