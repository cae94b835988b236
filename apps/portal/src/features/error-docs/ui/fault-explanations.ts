import type { FaultCode } from '@parley/kernel/fault';

interface FaultExplanation {
  readonly title: string;
  readonly happened: string;
  readonly todo: string;
}

/** Codes of the management API (and of the portal's own forms), in words. */
export const FAULT_EXPLANATIONS: Readonly<Record<FaultCode, FaultExplanation>> = {
  invalid_input: {
    title: 'Some fields are not right',
    happened: 'A field is missing, of the wrong kind, or outside what is allowed. Nothing was changed.',
    todo: 'Correct the fields listed in “errors”; each names its place and what it takes.',
  },
  unauthenticated: {
    title: 'Not signed in',
    happened: 'No management token was sent, or the one sent is unknown, revoked or expired.',
    todo: 'Send “Authorization: Bearer <token>” with a token from Settings › Tokens. API keys (pk_live_…) open the gateway, not this API.',
  },
  forbidden: {
    title: 'Not allowed',
    happened: 'The token or role is good, but lacks the permission that this call needs.',
    todo: 'Ask an owner or admin for the permission named in the answer, or use a token that holds it.',
  },
  not_found: {
    title: 'Not found',
    happened: 'There is no such thing in this tenant, or it is not yours to see.',
    todo: 'Check the name in the address against the list of the same kind.',
  },
  conflict: {
    title: 'Conflict',
    happened: 'Something of this name exists already, or somebody else has just changed the same thing.',
    todo: 'Choose another name, or read the current state and try again.',
  },
  invalid_state: {
    title: 'Not possible in this state',
    happened:
      'The thing exists, but is in a state from which this cannot be done, such as approving what was cancelled.',
    todo: 'Read its current state; the answer says which one it is in.',
  },
  limit_reached: {
    title: 'Too many requests',
    happened: 'More calls came in a short time than are taken, or a limit of the tenant is used up.',
    todo: 'Wait for the seconds in the Retry-After header, then go on more slowly.',
  },
  unavailable: {
    title: 'Not available at the moment',
    happened: 'Something that this call needs does not answer just now. Nothing was changed.',
    todo: 'Try again in a moment; writes with an Idempotency-Key can be repeated safely.',
  },
};
