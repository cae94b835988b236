import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { Fault } from '@parley/kernel/fault';
import { signInternalCall } from '@parley/kernel/internal-call';
import type { z } from 'zod';
import type { ServiceSettings } from '../context.ts';

const TIME_LIMIT_MS = 5000;

/** A question to a gateway: its path there, what is asked, and what an answer looks like. */
export interface GatewayQuestion<Reply> {
  readonly path: string;
  readonly asked: object;
  readonly reply: z.ZodType<Reply>;
}

/** Asks a gateway about itself or a call. The address is the operator's own. Throws `Fault` (`unavailable`). */
export async function askGateway<Reply>(
  settings: ServiceSettings,
  { path, asked, reply }: GatewayQuestion<Reply>,
): Promise<Reply> {
  if (!settings.internalSecret) {
    throw new Fault(
      'unavailable',
      'Portal and gateway share no secret, so nothing can be asked. The operator sets PARLEY_INTERNAL_SECRET for both.',
    );
  }
  const body = JSON.stringify(asked);
  const token = signInternalCall(settings.internalSecret, path, body, Date.now());
  const response = await fetch(settings.gatewayUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [INTERNAL_HEADER]: token },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  }).catch(() => null);
  const answered: unknown = response?.ok ? await response.json().catch(() => null) : null;
  const parsed = reply.safeParse(answered);
  if (parsed.success) return parsed.data;
  throw new Fault(
    'unavailable',
    response?.status === 401 || response?.status === 404
      ? 'The gateway does not accept the portal’s question. The operator sets the same PARLEY_INTERNAL_SECRET for both.'
      : 'The gateway did not answer. Try again in a moment.',
  );
}
