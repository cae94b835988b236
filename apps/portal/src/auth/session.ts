import { getToken } from 'next-auth/jwt';
import { portalEnv } from '../server/ground.ts';

/** Who a session cookie says is signed in. Whether that still holds is for `contextForUser` to say. */
export interface Session {
  readonly userId: string;
  readonly sessionEpoch: number;
}

type Cookies = Readonly<Record<string, string>>;

/** Reads the session from a request's cookies; `null` when there is none, it has expired, or it is not ours. */
export async function readSession(cookies: Cookies): Promise<Session | null> {
  const env = portalEnv();
  // No headers are passed on: next-auth would take a bearer token from them for a session.
  const request = { cookies, headers: {} } as unknown as Parameters<typeof getToken>[0]['req'];
  const token = await getToken({
    req: request,
    secret: env.nextAuthSecret,
    secureCookie: env.portalUrl.startsWith('https://'),
  });
  const epoch = token?.epoch;
  return typeof token?.sub === 'string' && typeof epoch === 'number'
    ? { userId: token.sub, sessionEpoch: epoch }
    : null;
}
