import type { Exchange } from '../../../exchange.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Refusal } from '../../../refusals.ts';
import { refuse } from '../../../stages/refuse.ts';

/**
 * Goes on with an answer once guardrails have said that it may: at once where nobody has to be asked. `go` answers the call, or
 * says why not.
 */
export function onceChecked(exchange: Exchange, ports: Ports, go: () => Refusal | null): Refusal | null {
  const { guard } = exchange;
  const settled = guard?.advice?.settled() ?? null;
  if (settled === null) return guard?.refusal() ?? go();
  void settled.then(() => {
    if (exchange.settled) return;
    const refused = guard?.refusal() ?? go();
    if (refused !== null) refuse(exchange, refused, ports);
  });
  return null;
}
