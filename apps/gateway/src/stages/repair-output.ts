import { repairRequest } from '@parley/llm/prompt/output';
import type { Exchange } from '../exchange.ts';
import { askModels } from '../models/ask.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { buildProvider } from './build-provider.ts';
import { takenSoFar } from './cost.ts';
import type { Answer } from './relay-completion.ts';
import { askModel } from './render-prompt.ts';

/** Whether an answer that does not fit may be asked for once more: once, and where the prompt does not forbid it. */
export function mayRepair({ offer, earlier }: Exchange): boolean {
  const output = offer?.prompt.definition.output;
  return earlier === null && output?.kind === 'json' && output.repair !== false;
}

/**
 * Asks the model once more, with its answer and what is wrong with it. What the first answer took stays counted; a failure
 * of the second call is told as what it is.
 */
export function repairOutput(
  exchange: Exchange,
  ports: Ports,
  first: { readonly content: string; readonly problem: string; readonly answer: Answer },
): Refusal | null {
  if (exchange.chat === null) return refusal('internal');
  const { body } = exchange.chat;
  return askOnceMore(exchange, ports, first.answer, () => {
    askModel(exchange, repairRequest(body, first.content, first.problem));
    return null;
  });
}

/** Asks again with what `change` makes of the call. */
export function askOnceMore(
  exchange: Exchange,
  ports: Ports,
  answer: Answer,
  change: () => Refusal | null,
): Refusal | null {
  exchange.earlier = takenSoFar(exchange, exchange.upstreamUs);
  const refused = change() ?? buildProvider(exchange, ports);
  if (refused !== null) return refused;
  // What the first answer came of is recorded with the second's.
  exchange.tries ??= [];
  exchange.modelCall?.settled();
  askModels(exchange, ports, answer, null);
  return null;
}
