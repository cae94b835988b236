import { type SplitPolicy, WHOLE } from '@parley/contracts/policies/split';
import { pointOf } from '@parley/domain/routing/shares';
import type { Exchange } from '../../exchange.ts';
import { headerValues } from '../../routing/call-facts.ts';
import { readCookies } from '../../routing/cookies.ts';

function keyReader({ on, name }: SplitPolicy['by']): (exchange: Exchange) => string {
  switch (on) {
    case 'random':
      return () => '';
    case 'application':
      return (exchange) => exchange.caller?.application.id ?? '';
    case 'header': {
      const header = name.toLowerCase();
      return (exchange) => headerValues(exchange, header)[0] ?? '';
    }
    case 'cookie':
      return ({ request }) => readCookies(request.headers.cookie).get(name)?.[0] ?? '';
    case 'pathParameter': {
      const parameter = name === '*' ? '*' : `{${name}}`;
      return (exchange) => {
        const at = exchange.route?.parameters.indexOf(parameter) ?? -1;
        return at === -1 ? '' : (exchange.routeParams[at] ?? '');
      };
    }
  }
}

/** What decides a call's variant: a point of 0 to 9,999, by chance or by its key. A call without the key is left to chance. */
export function splitPoint(by: SplitPolicy['by']): (exchange: Exchange) => number {
  const keyOf = keyReader(by);
  return (exchange) => {
    const key = keyOf(exchange);
    return key === '' ? Math.floor(Math.random() * WHOLE) : pointOf(key, by.seed);
  };
}
