import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource } from '../../stage.ts';
import { admit, takeVerdict } from '../../stages/admit.ts';
import { EndpointLimits } from '../limits/endpoint-limits.ts';

/** Counts one message as a call: lets it pass (`null`) or says why not, at once where nothing is to be asked. */
export type CountMessage = (exchange: Exchange, ports: Ports) => Refusal | null | Promise<Refusal | null>;

/** Counts messages against plan and limits, as far as those count calls: what runs at the same time is the connection. */
export function countMessages(source: EndpointSource): CountMessage | null {
  return source.policies.webSocket?.countMessages ? turnCounter(source) : null;
}

/** The same for what is a call within a connection whatever the policy says: a response of a model. */
export function turnCounter(source: EndpointSource): CountMessage {
  const rules = source.policies.limits?.rules ?? [];
  const counting = rules.filter((rule) => rule.algorithm !== 'concurrency' && rule.what === 'requests');
  const limits = new EndpointLimits(source, counting);
  if (limits.plain) return admit;
  return (exchange, ports) => {
    const call = limits.call(exchange, ports);
    if (call === null) return refusal('internal');
    const local = ports.limiter.rules.tryLocal(call);
    if (local !== null) return takeVerdict(exchange, local);
    return ports.limiter.rules.admit(call).then((verdict) => takeVerdict(exchange, verdict));
  };
}
