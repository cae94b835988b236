import { ServerResponse } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { Exchange } from '../../exchange.ts';
import { LinkedList } from '../../linked-list.ts';
import type { Ports } from '../../ports/ports.ts';
import { refusal } from '../../refusals.ts';
import { buildProvider } from '../../stages/build-provider.ts';
import { refuse } from '../../stages/refuse.ts';
import { CompletionRelay } from '../../stages/relay-completion.ts';
import { settle } from '../../stages/settle.ts';
import { askWith } from '../ask.ts';
import { answerSide } from './answer-side.ts';
import { SideCall } from './side-call.ts';
import { MAX_PER_CALL, sideCallId } from './side-call-id.ts';
import type { SideAsk, SideCalls, SideOutcome } from './side-calls.ts';

function sideExchange(parent: Exchange, number: number, side: SideCall): Exchange {
  const id = sideCallId(parent.id, number);
  // An answer that goes nowhere: nothing about a side call may touch the caller's.
  const own = new Exchange(id, performance.now(), parent.request, new ServerResponse(parent.request), false);
  own.side = side;
  own.caller = parent.caller;
  own.tenant = parent.tenant;
  own.api = parent.api;
  own.version = parent.version;
  own.subscription = parent.subscription;
  own.plan = parent.plan;
  own.kind = 'chat';
  own.model = side.ask.model;
  own.chat = side.ask.chat;
  own.operation = side.ask.operation;
  return own;
}

/** Ends one that is under way: the provider is let go at once, and what was used until now is recorded. */
function endSide(exchange: Exchange, code: 'client_closed' | 'upstream_timeout' | 'shutting_down', ports: Ports): void {
  if (exchange.settled) return;
  exchange.call?.abort();
  if (exchange.upstreamReached) exchange.relay?.noteUsage();
  exchange.code = code;
  exchange.status = refusal(code).status;
  if (code === 'client_closed') exchange.abortedBy = 'client';
  settle(exchange, ports);
}

/** Asks models over the very path of ordinary calls: price, keys, what is known of models, tries, metering. */
export class ModelSideCalls implements SideCalls {
  readonly #outliving = new LinkedList<Exchange>();

  ask(parent: Exchange, ports: Ports, ask: SideAsk): Promise<SideOutcome> {
    const number = parent.sideCalls?.length ?? 0;
    const refused = this.#refused(parent, ports, ask, number);
    if (refused !== null) return Promise.resolve({ ok: false, code: refused });
    return new Promise((resolve) => {
      const side = new SideCall(parent.id, ask, {
        end: () => endSide(exchange, 'client_closed', ports),
        done: (outcome) => {
          clearTimeout(timer);
          this.#outliving.remove(exchange);
          resolve(outcome);
        },
      });
      const exchange = sideExchange(parent, number, side);
      parent.sideCalls ??= [];
      parent.sideCalls.push(side);
      if (ask.outlives) this.#outliving.add(exchange);
      const timer = setTimeout(() => endSide(exchange, 'upstream_timeout', ports), ask.withinMs);
      const cannot = buildProvider(exchange, ports);
      if (cannot !== null) return refuse(exchange, cannot, ports);
      askWith(exchange, ports, (failed) => new CompletionRelay(exchange, ports, answerSide, failed));
    });
  }

  close(ports: Ports): void {
    this.#outliving.forEach((exchange) => endSide(exchange, 'shutting_down', ports));
  }

  /** What is not even tried, and leaves no record. */
  #refused(parent: Exchange, ports: Ports, { model, outlives }: SideAsk, number: number): RefusalCode | null {
    if (parent.caller === null) return 'internal';
    if (parent.settled && !outlives) return 'client_closed';
    if (ports.life.draining && outlives) return 'shutting_down';
    if (!ports.meter.accepts() || number >= MAX_PER_CALL) return 'overloaded';
    const kept = model.provider === null ? null : (parent.guard?.keepsFrom(model.provider) ?? null);
    return kept?.code ?? null;
  }
}
