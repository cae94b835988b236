import type { Exchange } from '../../exchange.ts';
import type { Caller } from '../../ports/keys/keys.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Failure } from '../../ports/tokens/failure.ts';
import type { Refusal } from '../../refusals.ts';

/** Somebody known, with what their credential says beyond the application. */
export interface Known {
  readonly caller: Caller;
  readonly scopes: readonly string[];
  readonly subject: string;
}

/**
 * What a method makes of a request: somebody known; nothing (`null`), where the request has no credential of this kind;
 * why the credential is not good; or a refusal, where nobody can tell at the moment.
 */
export type Finding = Known | Failure | Refusal | null;

/** One way to show who calls, made when the configuration is loaded. */
export interface Method {
  /** Scheme and parameters of its challenge (RFC 9110 §11.6.1), without the realm. */
  readonly scheme: string;
  readonly parameters: readonly string[];
  /** Headers in lower case, and query parameters, that carry its credential: never passed on. */
  readonly headers: readonly string[];
  readonly query: readonly string[];
  find(exchange: Exchange, ports: Ports): Finding | Promise<Finding>;
}
