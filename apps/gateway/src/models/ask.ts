import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Answer, CompletionRelay } from '../stages/relay-completion.ts';
import { type StreamForm, StreamRelay } from '../stages/relay-stream.ts';
import { type MakeRelay, ModelCall } from './model-call.ts';

/** Asks what was prepared; each try has a relay of its own. */
export function askWith(exchange: Exchange, ports: Ports, makeRelay: MakeRelay): void {
  const call = new ModelCall(exchange, ports, makeRelay);
  exchange.call = call;
  exchange.modelCall = call;
  call.start();
}

/** Asks what was prepared; the answer goes to the caller as it comes where both that and a stream are wanted. */
export function askModels(
  exchange: Exchange,
  ports: Ports,
  answer: Answer,
  makeForm: ((exchange: Exchange, ports: Ports) => StreamForm | null) | null,
): void {
  askWith(exchange, ports, (failed) => {
    if (!exchange.stream || makeForm === null) return new CompletionRelay(exchange, ports, answer, failed);
    const form = makeForm(exchange, ports);
    return form && new StreamRelay(exchange, ports, form, failed);
  });
}
