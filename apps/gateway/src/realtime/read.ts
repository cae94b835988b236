import { countedBy, isMetered } from '@parley/contracts/policies/limits';
import type { Exchange } from '../exchange.ts';
import { deciding } from '../explain/notes.ts';
import { isPrepaid } from '../policies/limits/credit.ts';
import { handshakeFault, realtimeProtocols } from '../policies/web-socket/handshake.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** Takes the caller's key from the subprotocols: browsers cannot send headers with a WebSocket. */
export function readRealtimeKey(exchange: Exchange): null {
  exchange.keyText ??= realtimeProtocols(exchange.request).key;
  return null;
}

/** Reads the handshake of a realtime session. */
export function readRealtime(exchange: Exchange, ports: Ports): Refusal | null {
  if (ports.life.draining) return refusal('shutting_down');
  const fault = handshakeFault(exchange.request);
  if (fault !== null) return fault;
  if (exchange.modelPath?.model === '') {
    const message = 'The address names no model: `/v1/realtime?model=NAME`.';
    return refusal('invalid_parameter', { message, param: 'model' });
  }
  exchange.kind = 'websocket';
  exchange.stream = true;
  if (realtimeProtocols(exchange.request).beta && !exchange.forwardHeaders.includes('openai-beta')) {
    exchange.forwardHeaders.push('openai-beta', 'realtime=v1');
  }
  return null;
}

/** Guardrails cannot look into sound: an API that has them opens no sessions that would go past them. `null` without any. */
export function refuseGuarded({ policies }: EndpointSource): Stage | null {
  if (policies.guardrails === undefined) return null;
  const message = 'The guardrails of this API cannot look into realtime sessions, so it opens none.';
  return deciding('guardrails', () => refusal('unsupported_parameter', { message, param: 'model' }));
}

/** Nor can what they will be charged be held: who pays from credit opens none. */
export const refusePrepaid: Stage = deciding('limits', (exchange) => {
  if (!isPrepaid(exchange)) return null;
  const message =
    'This plan is paid from credit, and what a realtime session will be charged cannot be held of it: use chat, or a plan that is invoiced.';
  return refusal('unsupported_parameter', { message, param: 'model' });
});

/** What responses of a session take is known one by one, and held for none: limits on it would not hold. `null` without any. */
export function refuseMetered({ api, policies }: EndpointSource): Stage | null {
  const metered = policies.limits?.rules.some((rule) => isMetered(countedBy(rule))) ?? false;
  if (!metered && api.budgets.length === 0) return null;
  const message = 'This API limits tokens or cost, which cannot be held for realtime sessions, so it opens none.';
  return deciding('limits', () => refusal('unsupported_parameter', { message, param: 'model' }));
}
