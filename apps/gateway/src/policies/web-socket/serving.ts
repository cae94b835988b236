import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocketPolicy } from '@parley/contracts/policies/web-socket';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../../exchange.ts';
import { preparing } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { buildRest } from '../../stages/build-rest.ts';
import type { Relay } from '../../stages/relay.ts';
import { TargetChoice } from '../../upstream/target-choice.ts';
import { UpgradeCall, type UpgradeReceiver } from '../../upstream/upgrade-call.ts';
import { type CountMessage, countMessages } from './count-messages.ts';
import { agreedProtocol, handshakeFault, offeredProtocols } from './handshake.ts';
import { openBridge, switchingHead } from './open-bridge.ts';

/** Passes WebSockets through in place of REST calls; `null` for an endpoint without the policy. */
export function webSocketServing(source: EndpointSource): Serving | null {
  const policy = source.policies.webSocket;
  if (policy === undefined) return null;
  const count = countMessages(source);
  return {
    build: preparing('webSocket', build),
    forward: (exchange, ports, relay) => connect({ exchange, ports, relay, policy, count }),
  };
}

const build: Stage = (exchange, ports) => {
  if (ports.life.draining) return refusal('shutting_down');
  const fault = handshakeFault(exchange.request);
  if (fault !== null) return fault;
  exchange.kind = 'websocket';
  exchange.stream = true;
  const headers = exchange.forwardHeaders;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (headers[at]?.startsWith('sec-websocket-')) headers.splice(at, 2);
  }
  const offered = offeredProtocols(exchange.request);
  if (offered.length > 0) headers.push('sec-websocket-protocol', offered.join(', '));
  return buildRest(exchange, ports);
};

interface Opening {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly relay: Relay;
  readonly policy: WebSocketPolicy;
  readonly count: CountMessage | null;
}

function connect(opening: Opening): Refusal | null {
  const { exchange, ports, relay } = opening;
  const { upstream, upstreamRequest, upgrade } = exchange;
  if (upstream === null || upstreamRequest === null || upgrade === null) return refusal('internal');
  const choice = new TargetChoice(exchange, upstream, upstreamRequest.group);
  exchange.relay = relay;
  const { headers, timeouts, path } = upstreamRequest;
  const suffix = path.slice(upstream.basePath.length);
  const { upstreams, deadlines } = ports;
  const call = new UpgradeCall(
    exchange,
    { choice, suffix, headers, timeouts, upstreams, deadlines },
    new Opener(opening, choice),
  );
  exchange.call = call;
  return call.start();
}

/** Takes the upstream's answer to a handshake: joins both sides, or gives the answer to the caller as any other. */
class Opener implements UpgradeReceiver {
  readonly #opening: Opening;
  readonly #choice: TargetChoice;

  constructor(opening: Opening, choice: TargetChoice) {
    this.#opening = opening;
    this.#choice = choice;
  }

  onUpgrade(headers: IncomingHttpHeaders, socket: Socket): void {
    const { exchange, ports, policy, count, relay } = this.#opening;
    const { upgrade, caller, tenant, request } = exchange;
    const chosen = headers['sec-websocket-protocol'];
    const unasked = chosen !== undefined && !offeredProtocols(request).includes(chosen);
    if (exchange.settled || upgrade === null || caller === null || tenant === null || unasked) {
      socket.destroy();
      this.#choice.leave();
      if (unasked) relay.onFail('upstream_invalid', new Error('the upstream chose a subprotocol nobody offered'));
      return;
    }
    const onOver = (): void => this.#choice.leave();
    const grounds = { application: caller.application, tenant };
    const source = { exchange, ports, policy, count, upgrade, upstream: socket, talk: null, onOver };
    openBridge(source, grounds, switchingHead(exchange, headers, agreedProtocol(request, chosen)));
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    // A 101 alone switches; an upstream that answers with another status has refused.
    this.#opening.relay.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    this.#opening.relay.onData(chunk);
  }

  onEnd(): void {
    this.#opening.relay.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    this.#opening.relay.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.#opening.relay.onBug(error);
  }
}
