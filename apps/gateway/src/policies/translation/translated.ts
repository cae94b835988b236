import type { PolicyKind } from '@parley/contracts/policies';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import { HeldAnswer, type WholeAnswer } from '../../serving/held-answer.ts';
import type { Serving } from '../../serving/serving.ts';
import { start } from '../../stages/start-call.ts';
import type { FindingsLog } from '../findings-log.ts';
import { type Inputs, readInputBody } from './inputs.ts';

/** A service in a protocol of its own, as a policy makes its calls and reads its answers. */
export interface TranslatedService {
  readonly inputs: Inputs;
  readonly maxAnswerBytes: number;
  readonly log: FindingsLog;
  /** Makes the request from the call and its body, which is read as far as the inputs need it. */
  readonly build: (exchange: Exchange, ports: Ports, body: unknown) => Refusal | null;
  /** Turns an answer into the endpoint's own; reports what the service says is wrong. */
  readonly read: (answer: WholeAnswer, report: (findings: object) => void) => WholeAnswer | Refusal;
}

/** Answers a route from such a service; `null`, without a plan that this release can read, refuses every call. */
export function translated(kind: PolicyKind, service: TranslatedService | null): Serving {
  if (service === null) {
    return {
      build: deciding(kind, () => refusal('policy_unsupported')),
      forward: () => refusal('policy_unsupported'),
    };
  }
  const { inputs, maxAnswerBytes, log, read } = service;
  const build = (exchange: Exchange, ports: Ports, body: unknown): Refusal | null => {
    if (body instanceof Refusal) return body;
    return exchange.settled ? null : service.build(exchange, ports, body);
  };
  return {
    build: deciding(kind, (exchange, ports) => {
      const body = readInputBody(exchange, inputs);
      if (!(body instanceof Promise)) return build(exchange, ports, body);
      return body.then((value: unknown) => build(exchange, ports, value));
    }),
    forward: (exchange, ports, relay) =>
      start(
        exchange,
        ports,
        new HeldAnswer(relay, exchange, ports, {
          maxBytes: maxAnswerBytes,
          // A code says that this is what the upstream's options answer in its place.
          holds: () => exchange.code === null,
          map: (answer) => read(answer, (findings) => log.add(ports.log, { requestId: exchange.id, ...findings })),
        }),
      ),
  };
}
