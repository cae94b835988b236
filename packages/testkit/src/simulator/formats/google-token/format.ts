import { createHash } from 'node:crypto';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { FAILURES, type Failure, WireError } from '../../failure.ts';
import { COMMON_FAULTS } from '../../faults.ts';
import type { Format } from '../../format.ts';

/**
 * Google's OAuth 2.0 token endpoint for service accounts (RFC 7523; Google Identity, “Using OAuth 2.0 for server to
 * server applications”): what `token_uri` of a service account's key points at. The signature is not checked, for
 * nobody gave the simulator the public key; everything else about the assertion is.
 */
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const HOUR_SECONDS = 3600;
/** How far a caller's clock may be off. */
const SKEW_SECONDS = 300;

class OAuthError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> = {};
  readonly error: string;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.status = status;
    this.error = error;
  }

  get body(): object {
    return { error: this.error, error_description: this.message };
  }
}

function decoded(part: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw new OAuthError(400, 'invalid_grant', 'Invalid JWT: Failed to parse.');
  }
}

function checkAssertion(assertion: string): void {
  const [head, payload, signature] = assertion.split('.');
  const { alg } = decoded(head);
  const { iss, aud, scope, iat, exp } = decoded(payload);
  if (alg !== 'RS256' || !signature) throw new OAuthError(400, 'invalid_grant', 'Invalid JWT Signature.');
  if (typeof iss !== 'string' || !iss.includes('@')) {
    throw new OAuthError(400, 'invalid_grant', 'Invalid grant: account not found');
  }
  if (typeof aud !== 'string' || !aud.endsWith('/token')) {
    throw new OAuthError(400, 'invalid_grant', 'Invalid JWT: Audience is wrong.');
  }
  if (typeof scope !== 'string' || scope === '') {
    throw new OAuthError(400, 'invalid_scope', 'Empty or missing scope not allowed.');
  }
  const now = Math.floor(Date.now() / 1000);
  const good = typeof iat === 'number' && typeof exp === 'number' && exp > now && iat <= now + SKEW_SECONDS;
  if (good && exp - iat <= HOUR_SECONDS) return;
  throw new OAuthError(
    400,
    'invalid_grant',
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
  );
}

async function issue(exchange: Exchange, body: unknown): Promise<void> {
  const form = new URLSearchParams(Buffer.isBuffer(body) ? body.toString() : '');
  if (form.get('grant_type') !== GRANT) {
    throw new OAuthError(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
  }
  const assertion = form.get('assertion') ?? '';
  checkAssertion(assertion);
  const access_token = `sim-${createHash('sha256').update(assertion).digest('hex').slice(0, 40)}`;
  await deliverJson(exchange, { access_token, expires_in: HOUR_SECONDS - 1, token_type: 'Bearer' }, 0, 0);
}

export const googleToken: Format = {
  name: 'google-token',
  owns: (path) => path === '/token',
  routes: [{ method: 'POST', path: '/token', carries: 'form', handle: issue, look: () => NOTHING }],
  faults: COMMON_FAULTS,
  authenticate: () => {},
  headers: () => ({}),
  wire: ({ kind, message }: Failure) =>
    new OAuthError(
      FAILURES[kind].status,
      kind === 'invalid' ? 'invalid_request' : 'internal_failure',
      message || `${kind.replace('_', ' ')} [simulated by Parley]`,
    ),
};

const NOTHING = { model: null, stream: false, text: '' };
