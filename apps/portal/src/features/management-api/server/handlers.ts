import { Fault } from '@parley/kernel/fault';
import type { Context } from '@parley/services/context';
import { contextForToken } from '@parley/services/sign-in/context-for-token';
import { anonymousContext } from '@parley/services/sign-in/ground';
import { ground, logger, portalEnv } from '@/server/ground.ts';
import { dispatch } from './dispatch.ts';
import { buildOpenApi } from './openapi.ts';

/** `/api/v1/*` for every method. */
export async function handleManagementCall(
  request: Request,
  { params }: { params: Promise<{ path: string[] }> },
): Promise<Response> {
  const { path } = await params;
  return dispatch(request, path, {
    authenticate,
    report: (error, requestId) => logger().error('a management call failed', { error, requestId }),
  });
}

/** `/api/v1/openapi.json`, for anyone. */
export function handleOpenApi(): Response {
  return Response.json(buildOpenApi(portalEnv().portalUrl), { headers: { 'cache-control': 'public, max-age=300' } });
}

/** Bearer token → its context; no header → a visitor, who may call public verbs only. Cookies are not looked at. */
async function authenticate(request: Request): Promise<Context> {
  const header = request.headers.get('authorization');
  if (!header) return anonymousContext(ground());
  const [scheme, token, rest] = header.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest !== undefined) {
    throw new Fault('unauthenticated', 'Send the management token as “Authorization: Bearer pm_live_…”.');
  }
  return contextForToken(ground(), token);
}
