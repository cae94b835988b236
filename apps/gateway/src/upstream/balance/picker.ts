import type { BalanceOptions } from '@parley/contracts/upstream-options';
import type { Exchange } from '../../exchange.ts';
import type { Clients } from '../../wire/clients.ts';
import { callKey } from './call-key.ts';
import { HashRing } from './hash-ring.ts';
import { pickInTurn, pickLeastLoaded, pickQuicker } from './pickers.ts';
import { StickyCookie } from './sticky-cookie.ts';
import type { Target } from './target.ts';

/** A way to choose among targets fit for a call; never asked with none. */
export interface Picker {
  /** The set of all targets is another. */
  prepare(targets: readonly Target[]): void;
  pick(candidates: readonly Target[], exchange: Exchange): Target;
  /** `Set-Cookie` for an answer of this target; `null` when the caller needs none. */
  cookieFor(target: Target, exchange: Exchange): string | null;
}

function stateless(pick: (candidates: readonly Target[]) => Target): Picker {
  return { prepare() {}, pick, cookieFor: () => null };
}

function hashed(options: Extract<BalanceOptions, { kind: 'hash' }>, clients: Clients): Picker {
  const ring = new HashRing();
  const keyOf = callKey(options, clients);
  return {
    prepare: (targets) => ring.build(targets),
    pick(candidates, exchange) {
      const key = keyOf(exchange);
      return key === '' ? pickInTurn(candidates) : ring.pick(key, candidates);
    },
    cookieFor: () => null,
  };
}

function sticky(options: Extract<BalanceOptions, { kind: 'sticky' }>): Picker {
  const cookie = new StickyCookie(options);
  return {
    prepare() {},
    pick: (candidates, exchange) => cookie.find(candidates, exchange.request.headers.cookie) ?? pickInTurn(candidates),
    cookieFor: (target, exchange) => cookie.headerFor(target, exchange.request.headers.cookie),
  };
}

/** The picker an upstream's options ask for. */
export function makePicker(options: BalanceOptions, clients: Clients): Picker {
  switch (options.kind) {
    case 'roundRobin':
      return stateless(pickInTurn);
    case 'leastConnections':
      return stateless(pickLeastLoaded);
    case 'latency':
      return stateless((candidates) => pickQuicker(candidates, performance.now(), Math.random));
    case 'hash':
      return hashed(options, clients);
    case 'sticky':
      return sticky(options);
  }
}
