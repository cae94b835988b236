import { preparing } from '../../explain/notes.ts';
import { TOLD } from '../../party/party-facts.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { methodsOf } from './methods.ts';

/** What a header may hold as it is; everything else travels percent-encoded (RFC 3986). */
const PLAIN = /^[\x21-\x24\x26-\x7e]*$/;
const OURS = /^x[-_]parley[-_]/;

function headerText(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text);
}

/**
 * Takes the caller's credentials out of what goes on to a REST upstream, and says who calls instead. `null` for an
 * endpoint without the policy, where `readRequestHeaders` has dropped them already.
 */
export function tellUpstream(source: EndpointSource): Stage | null {
  const policy = source.policies.callers;
  if (!policy) return null;
  const methods = methodsOf(source) ?? [];
  const dropped = new Set(methods.flatMap((method) => method.headers));
  const query = methods.flatMap((method) => method.query);
  const tells = policy.identityHeaders ?? true;
  return preparing('callers', (exchange) => {
    const headers = exchange.forwardHeaders;
    for (let at = headers.length - 2; at >= 0; at -= 2) {
      const name = headers[at] as string;
      // Servers that read `_` as `-` would take a caller's x_parley_… for ours.
      if (dropped.has(name) || OURS.test(name)) headers.splice(at, 2);
    }
    if (query.length > 0) exchange.query = withoutParameters(exchange.query, query);
    const application = exchange.caller?.application;
    if (tells && application) {
      headers.push('x-parley-application', application.id, 'x-parley-tenant', application.tenantId);
      headers.push('x-parley-subject', headerText(exchange.subject), 'x-parley-scopes', exchange.scopes.join(' '));
      const { party } = exchange;
      if (party !== null) {
        for (const [name, , fact] of TOLD)
          if (party.facts[fact] !== '') headers.push(name, headerText(party.facts[fact]));
      }
    }
    return null;
  });
}

/** A query without some parameters; the others stay byte for byte. */
function withoutParameters(query: string, names: readonly string[]): string {
  if (query === '') return query;
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => ![...new URLSearchParams(pair).keys()].some((name) => names.includes(name)));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}
