import type { Exchange } from './exchange.ts';
import type { Ports } from './ports/ports.ts';
import type { Refusal } from './refusals.ts';
import type { Chain, Stage } from './stage.ts';
import { endByBug } from './stages/end-by-bug.ts';
import { locate } from './stages/locate.ts';
import { refuse } from './stages/refuse.ts';

/** One request: its endpoint is found, then the endpoint's chain is walked. Never throws. */
export function handle(exchange: Exchange, ports: Ports): void {
  try {
    const waiting = locate(exchange, ports);
    if (waiting === null) walk(exchange, ports, 0);
    else waiting.then(() => walk(exchange, ports, 0)).catch((error: unknown) => endByBug(exchange, error, ports));
  } catch (error) {
    endByBug(exchange, error, ports);
  }
}

/** Goes on with a chain: in one go, until a stage has to wait. */
function walk(exchange: Exchange, ports: Ports, from: number): void {
  const stages = exchange.chain;
  for (let at = from; at < stages.length; at++) {
    // The client may have left while a stage waited, or a stage have answered: then the call is settled already.
    if (exchange.settled) return;
    const outcome = (stages[at] as Stage)(exchange, ports);
    if (outcome === null) {
      // A stage may have put another chain in place of this one: that is walked from its beginning.
      if (exchange.chain !== stages) return walk(exchange, ports, 0);
      continue;
    }
    if (outcome instanceof Promise) return resume(exchange, ports, outcome, stages, at + 1);
    return refuse(exchange, outcome, ports);
  }
}

function resume(exchange: Exchange, ports: Ports, waiting: Promise<Refusal | null>, stages: Chain, next: number): void {
  waiting
    .then((refusal) => {
      if (refusal === null) walk(exchange, ports, exchange.chain === stages ? next : 0);
      else refuse(exchange, refusal, ports);
    })
    .catch((error: unknown) => endByBug(exchange, error, ports));
}
