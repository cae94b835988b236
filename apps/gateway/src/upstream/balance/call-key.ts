import type { BalanceOptions } from '@parley/contracts/upstream-options';
import type { Exchange } from '../../exchange.ts';
import type { Clients } from '../../wire/clients.ts';

type HashOptions = Extract<BalanceOptions, { kind: 'hash' }>;

/** Reads the key of a call that decides its target; empty when the call has none. */
export function callKey(options: HashOptions, clients: Clients): (exchange: Exchange) => string {
  const name = (options.name ?? '').toLowerCase();
  switch (options.on) {
    case 'clientAddress':
      return (exchange) => clients.addressOf(exchange.request);
    case 'application':
      return (exchange) => exchange.caller?.application.id ?? '';
    case 'header':
      return (exchange) => String(exchange.request.headers[name] ?? '');
    case 'pathParameter': {
      const parameter = options.name === '*' ? '*' : `{${options.name ?? ''}}`;
      return (exchange) => {
        const at = exchange.route?.parameters.indexOf(parameter) ?? -1;
        return at === -1 ? '' : (exchange.routeParams[at] ?? '');
      };
    }
  }
}
