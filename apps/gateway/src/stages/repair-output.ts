import { repairRequest } from '@parley/llm/prompt/output';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { buildProvider } from './build-provider.ts';
import { refuse } from './refuse.ts';
import { type Answer, CompletionRelay } from './relay-completion.ts';
import { start } from './start-call.ts';

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
): void {
  const { usageSource, inputTokens, cachedInputTokens, outputTokens, reasoningTokens, upstreamUs } = exchange;
  exchange.earlier = { usageSource, inputTokens, cachedInputTokens, outputTokens, reasoningTokens, upstreamUs };
  exchange.providerRequest = repairRequest(exchange.providerRequest ?? {}, first.content, first.problem);
  const refused =
    buildProvider(exchange, ports) ?? start(exchange, ports, new CompletionRelay(exchange, ports, first.answer));
  if (refused !== null) refuse(exchange, refused, ports);
}
