export interface FailureDetail {
  readonly type?: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly code?: string;
  readonly param?: string;
  readonly declineCode?: string;
  /** Sent as `stripe-should-retry`. */
  readonly shouldRetry?: boolean;
  /** Further fields of the error, such as the payment intent that failed. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** An answer that says no, in Stripe's words (https://docs.stripe.com/error-codes). */
export class StripeFailure extends Error {
  readonly status: number;
  readonly detail: FailureDetail;

  constructor(status: number, message: string, detail: FailureDetail = {}) {
    super(message);
    this.name = 'StripeFailure';
    this.status = status;
    this.detail = detail;
  }

  /** The body of the answer. */
  body(): Record<string, unknown> {
    const { type = 'invalid_request_error', code, param, declineCode, more } = this.detail;
    return {
      error: {
        type,
        message: this.message,
        ...(code === undefined
          ? {}
          : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        ...(param === undefined ? {} : { param }),
        ...(declineCode === undefined ? {} : { decline_code: declineCode }),
        ...more,
      },
    };
  }
}

/** 400 with a code and, where it is about one, the parameter. */
export function refused(message: string, code?: string, param?: string): StripeFailure {
  return new StripeFailure(400, message, {
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

/** What is named does not exist: 404 for the object of the address, 400 for one named in a parameter. */
export function missing(kind: string, id: string, param: string): StripeFailure {
  return new StripeFailure(param === 'id' ? 404 : 400, `No such ${kind}: '${id}'`, { code: 'resource_missing', param });
}
