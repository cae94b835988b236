import type { AnswerView } from '@parley/llm/codec';
import { isProviderError } from '@parley/llm/translate';
import type { Exchange } from '../exchange.ts';
import { onceChecked } from '../policies/guardrails/asks/once-checked.ts';
import { addRepair, allowRepair, noteAnswerCheck } from '../policies/guardrails/repair-answer.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { toldFailure } from './provider-failure.ts';
import type { Answer } from './relay-completion.ts';
import { askOnceMore } from './repair-output.ts';
import { reply } from './reply.ts';
import { noteEstimatedUsage, noteProviderUsage } from './usage.ts';

/** What a client is shown beside the model's words. */
export function answerView(exchange: Exchange, ports: Ports): AnswerView | null {
  const { chat, model } = exchange;
  if (chat === null || model === null) return null;
  return { call: chat, model: model.slug, id: exchange.id, createdS: Math.floor(ports.clock.nowMs() / 1000) };
}

/** A chat's answer in the client's protocol. */
export const answerChat: Answer = (exchange, ports, text) => {
  const { way, model } = exchange;
  const view = answerView(exchange, ports);
  if (way === null || model === null || view === null) return refusal('internal');
  allowRepair(exchange);
  const answer = way.answer(text, view, model.target);
  if (answer === null || isProviderError(answer)) return toldFailure(exchange, answer);
  exchange.providerModel = answer.providerModel?.slice(0, 200) ?? null;
  exchange.finishReason = answer.finishReason?.slice(0, 40) ?? null;
  if (answer.usage) noteProviderUsage(exchange, answer.usage);
  else noteEstimatedUsage(exchange, answer.output());
  const { guard } = exchange;
  noteAnswerCheck(exchange);
  if (guard?.misfit && guard.repairs && guard.refusal() === null) {
    const { problem } = guard.misfit;
    return askOnceMore(exchange, ports, answerChat, () => addRepair(exchange, answer.output(), problem));
  }
  return onceChecked(exchange, ports, () => {
    exchange.answerKeeper?.whole(answer.text, answer.finishReason);
    reply(exchange, ports, 200, answer.text);
    return null;
  });
};
