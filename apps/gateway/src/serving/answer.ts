import type { Exchange } from '../exchange.ts';
import { acting, noted, type StageNote } from '../explain/notes.ts';
import { checkAnswer } from '../policies/contract/answers.ts';
import { transformAnswer } from '../policies/transform/answer.ts';
import type { Ports } from '../ports/ports.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import type { Relay } from '../stages/relay.ts';
import { RestRelay } from '../stages/relay-rest.ts';
import type { Serving } from './serving.ts';

/** Something done to an answer on its way: takes what comes, and tells the next relay. */
export type OnTheWay = (next: Relay, exchange: Exchange, ports: Ports) => Relay;

/** What carries an answer, the upstream's or a stored one, to the caller. */
export type RelayMaker = (exchange: Exchange, ports: Ports) => Relay;

const FORWARDS: StageNote = { step: null, policy: null, harmless: false, sentence: () => '' };

/** What an answer meets on its way to the caller, the last one first: what makes `null` is not on the way. */
const ON_THE_WAY: readonly ((source: EndpointSource) => OnTheWay | null)[] = [checkAnswer, transformAnswer];

const plain: RelayMaker = (exchange, ports) => new RestRelay(exchange, ports);

/** The way of an endpoint's answers, put together when its configuration is loaded; a relay carries one answer. */
export function relayOf(source: EndpointSource): RelayMaker {
  return ON_THE_WAY.reduce((further, make) => {
    const wrap = make(source);
    return wrap === null ? further : (exchange, ports) => wrap(further(exchange, ports), exchange, ports);
  }, plain);
}

/** The last stage of a chain without a cache: makes the call and carries its answer. */
export function forwardCall(source: EndpointSource, { forward }: Serving): Stage {
  const relay = relayOf(source);
  const stage: Stage = (exchange, ports) => forward(exchange, ports, relay(exchange, ports));
  return checkAnswer(source) === null ? noted(stage, FORWARDS) : acting('contract', stage);
}
