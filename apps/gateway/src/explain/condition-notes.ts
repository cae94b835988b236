import { routePredicate } from '@parley/contracts/route-match';
import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';
import { predicateInWords } from '@parley/domain/routing/condition-words';
import { compilePredicates } from '@parley/domain/routing/predicates';
import type { Exchange } from '../exchange.ts';
import { parameterMap } from '../expressions/call-variables.ts';
import { BODY, RequestFacts } from '../routing/call-facts.ts';
import { parametersOf } from '../routing/route-path.ts';

const shapeOf = ({ method, path }: RouteSnapshot): string => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`;

/** What each condition of the routes asked before the found one, and its own, said to this call. */
export function conditionNotes(routes: readonly RouteSnapshot[], found: RouteSnapshot, exchange: Exchange): string[] {
  const sharing = routes.filter((route) => shapeOf(route) === shapeOf(found) && route.match !== undefined);
  const until = sharing.findIndex(({ id }) => id === found.id);
  const asked = until === -1 ? sharing : sharing.slice(0, until + 1);
  return asked.flatMap((route) =>
    (route.match ?? []).map((entry) => `${routeName(route, routes)}: ${said(entry, route, exchange)}`),
  );
}

/** Routes of one address are told apart by their number, as the portal counts them. */
function routeName(route: RouteSnapshot, routes: readonly RouteSnapshot[]): string {
  const method = route.method === '*' ? 'Any method' : route.method;
  return `Route ${routes.indexOf(route) + 1}, ${method} ${route.path}`;
}

function said(entry: Readonly<Record<string, unknown>>, route: RouteSnapshot, exchange: Exchange): string {
  const facts = new RequestFacts(exchange, BODY);
  if (typeof entry['when'] === 'string') return saidByExpression(entry['when'], route, exchange, facts);
  const parsed = routePredicate.safeParse(entry);
  if (!parsed.success) return 'a condition of a newer release, which this gateway cannot ask.';
  return `${predicateInWords(parsed.data)}: ${compilePredicates([parsed.data])(facts) ? 'holds' : 'does not hold'}.`;
}

function saidByExpression(when: string, route: RouteSnapshot, exchange: Exchange, facts: RequestFacts): string {
  const compiled = REQUEST_LANGUAGE.compile(when, 'bool');
  if (!compiled.ok) return `${when}: cannot be compiled.`;
  const params = parameterMap(parametersOf(route.path), exchange.routeParams);
  const outcome = compiled.expression.evaluate((name) => (name === 'request.params' ? params : facts.variable(name)));
  if (!outcome.ok) return `${when}: does not hold, as it has no value here. ${outcome.problem}`;
  return `${when}: ${outcome.value === true ? 'holds' : 'does not hold'}.`;
}
