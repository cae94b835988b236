import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { clientError } from '../wire/error-body.ts';
import { answerView } from './answer-chat.ts';
import type { StreamForm } from './relay-stream.ts';

/** A chat's stream in the client's protocol; `null` when the call was not prepared. */
export function chatForm(exchange: Exchange, ports: Ports): StreamForm | null {
  const view = answerView(exchange, ports);
  if (exchange.way === null || exchange.model === null || view === null) return null;
  const stream = exchange.way.stream(view, exchange.model.target);
  const keeper = exchange.answerKeeper;
  keeper?.begin();
  return {
    stream,
    stopped: () => exchange.guard?.refusal() ?? null,
    waiting: () => exchange.guard?.advice?.settled() ?? null,
    piece: keeper === null ? (text) => text : (text) => keeper.took(text),
    ending: () => keeper?.ended(stream.ending()) ?? stream.ending(),
    broken: (reason) => stream.broken(clientError(exchange, reason, ports.portalUrl)),
  };
}
