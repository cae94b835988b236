import { REFUSAL_CODES, type RefusalCode } from '@parley/contracts/refusal-codes';
import { REFUSAL_ROWS } from './refusal-rows.ts';
import { type LimitMembers, unmeasured } from './wire/limit-members.ts';

/** One thing wrong with the input: JSON Pointer and sentence. */
export interface InputProblem {
  readonly pointer: string;
  readonly message: string;
}

export interface RefusalDetails {
  /** Replaces the row's message: says which field, which model, which limit. */
  readonly message?: string;
  /** Field the OpenAI envelope names in `param`. */
  readonly param?: string | null;
  readonly errors?: readonly InputProblem[];
  /** The limit that refused, for members of the error object. */
  readonly limit?: LimitMembers;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Challenges for `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly authenticate?: string;
  /** Value of the `Link` header (RFC 8288). */
  readonly link?: string;
  /** Flat names and values of further headers. */
  readonly headers?: readonly string[];
  /** Methods for the `Allow` header of a 405. */
  readonly allow?: string;
  /** A provider's own 4xx, passed on in the caller's dialect. */
  readonly status?: number;
  readonly upstreamError?: { readonly type: string | null; readonly code: string | null };
}

/** The value with which a stage ends a call early. Never thrown. */
export class Refusal {
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  readonly nextStep: string;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, details: RefusalDetails) {
    const { status, message, nextStep } = REFUSAL_ROWS[code];
    this.code = code;
    this.status = details.status ?? status;
    this.message = details.message ?? message;
    this.nextStep = nextStep;
    this.details = details;
  }
}

const NO_DETAILS: RefusalDetails = {};
/** What is the same for every call: how an account with a publisher stands closes it, and no amount does. */
const DETAILS: Partial<Record<RefusalCode, RefusalDetails>> = {
  billing_restricted: { limit: unmeasured('billing', 'restricted') },
  billing_suspended: { limit: unmeasured('billing', 'suspended') },
  billing_credit_spent: { limit: unmeasured('billing', 'credit') },
};
const PLAIN = new Map<RefusalCode, Refusal>(
  REFUSAL_CODES.map((code) => [code, new Refusal(code, DETAILS[code] ?? NO_DETAILS)]),
);

/** The refusal of a code: the shared one, or one with details of this call. */
export function refusal(code: RefusalCode, details?: RefusalDetails): Refusal {
  return details === undefined ? (PLAIN.get(code) as Refusal) : new Refusal(code, details);
}

/** Place of the code's explanation in the portal; also its `type` URI (RFC 9457), relative when no portal is known. */
export function docUrl(code: RefusalCode, portalUrl: string): string {
  return `${portalUrl}/docs/errors#${code}`;
}
