import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { SidePurpose } from '@parley/contracts/usage-event';
import type { ClientCall } from '@parley/llm/codec';
import type { OperationCall } from '@parley/llm/operations/operation';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';

/** What the gateway asks a tenant's model on its own behalf; never streamed. */
export interface SideAsk {
  readonly purpose: SidePurpose;
  /** From the endpoint's compiled policy (`side-model.ts`). */
  readonly model: CompiledModel;
  /** One of the two; made by `asks.ts`. */
  readonly chat: ClientCall | null;
  readonly operation: OperationCall | null;
  /** How long the answer may take, in milliseconds. */
  readonly withinMs: number;
  /** Whose tenant the cost stands with; the publisher's unless its policy says otherwise. */
  readonly payer?: 'publisher' | 'consumer';
  /** It goes on when the call it is for has ended, until its own time is up. */
  readonly outlives?: boolean;
}

/**
 * The whole answer, in the protocol the question was written in; or why there is none: a refusal's code, `upstream_timeout` for
 * one that took too long, `client_closed` for a call that ended meanwhile.
 */
export type SideOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: RefusalCode };

/** Asks models for the gateway itself. */
export interface SideCalls {
  /**
   * Asks, within the call `parent`; ends when that does. Metered as a call of its own, named after its parent: the answer is
   * told once that is durable. Never rejects.
   */
  ask(parent: Exchange, ports: Ports, ask: SideAsk): Promise<SideOutcome>;
  /** Ends those that outlive their calls; what they used is recorded. */
  close(ports: Ports): void;
}

/** The twin for dry runs: asks nobody. */
export const NO_SIDE_CALLS: SideCalls = {
  ask: () => Promise.resolve({ ok: false, code: 'upstream_unreachable' }),
  close: () => {},
};
