/**
 * An expected failure outside the hot path: a stable code, a sentence that says what happened and what to do, and
 * field-level issues where input was wrong. One writer per surface (tRPC, management API, CLI) turns it into a reply.
 */
export type FaultCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'invalid_state'
  | 'limit_reached'
  | 'unavailable';

export interface FieldIssue {
  /** Path of the field in the input, e.g. `messages.0.text`. */
  readonly path: string;
  readonly message: string;
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly issues: readonly FieldIssue[];

  constructor(code: FaultCode, message: string, issues: readonly FieldIssue[] = []) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.issues = issues;
  }
}

/** HTTP status of each fault code (RFC 9110). */
export const FAULT_STATUS: Readonly<Record<FaultCode, number>> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  invalid_state: 409,
  limit_reached: 429,
  unavailable: 503,
};
