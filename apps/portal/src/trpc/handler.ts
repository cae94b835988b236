import { Fault } from '@parley/kernel/fault';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { logger, portalEnv } from '../server/ground.ts';
import { requestContext } from './context.ts';
import { appRouter } from './root.ts';
import { isSameOrigin } from './same-origin.ts';

const FORBIDDEN = { error: { message: 'This call did not come from a page of this portal.', code: -32003 } };

/** Serves `/api/trpc/*`: queries by GET, mutations by POST from our own pages only. */
export function handleTrpc(request: Request): Promise<Response> | Response {
  if (request.method !== 'GET' && !isSameOrigin(request.headers, portalEnv().portalUrl)) {
    return Response.json(FORBIDDEN, { status: 403 });
  }
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: () => requestContext(request),
    responseMeta: () => ({ headers: { 'cache-control': 'no-store' } }),
    onError({ error, path }) {
      if (error.cause instanceof Fault || error.code === 'NOT_FOUND') return;
      logger().error('a procedure failed', { path: path ?? '', error: error.cause ?? error });
    },
  });
}
