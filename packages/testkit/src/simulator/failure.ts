/** Why a call fails, before a format words it. `status` is what most providers answer. */
export const FAILURES = {
  invalid: { status: 400 },
  unparsable: { status: 400 },
  no_key: { status: 401 },
  bad_key: { status: 401 },
  unknown_model: { status: 404 },
  unknown_path: { status: 404 },
  wrong_method: { status: 405 },
  too_large: { status: 413 },
  rate_limit: { status: 429 },
  quota: { status: 429 },
  server: { status: 500 },
  unavailable: { status: 503 },
  overloaded: { status: 529 },
} as const;
export type FailureKind = keyof typeof FAILURES;

/** A failure that every format words in its own manner. Without a message the format says its usual sentence. */
export class Failure extends Error {
  readonly kind: FailureKind;
  /** What in the request is to blame, if one thing is. */
  readonly param: string | null;
  /** What it is about, such as the model that does not exist. */
  readonly subject: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: FailureKind,
    message = '',
    rest: { param?: string; subject?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.kind = kind;
    this.param = rest.param ?? null;
    this.subject = rest.subject ?? null;
    this.headers = rest.headers ?? {};
  }
}

/** A failure as it goes over the wire: already in the words and shape of one format. */
export abstract class WireError extends Error {
  abstract readonly status: number;
  abstract readonly headers: Readonly<Record<string, string>>;
  abstract readonly body: object;
  /** Set when it leaves; some formats repeat it in the body. */
  requestId = '';
}
