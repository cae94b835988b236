import { Fault } from '@parley/kernel/fault';
import type { Context } from '@parley/services/context';
import { contextForUser } from '@parley/services/sign-in/context-for-user';
import { anonymousContext } from '@parley/services/sign-in/ground';
import { readSession, type Session } from '../auth/session.ts';
import { ground } from '../server/ground.ts';

/** Header that names the open tenant by its slug. */
export const TENANT_HEADER = 'x-parley-tenant';

export interface RequestContext {
  readonly headers: Headers;
  /** The verb context of this request, built once at its first use. */
  verbs(): Promise<Context>;
}

/**
 * The context of whoever holds these cookies, with a tenant open when one is named. A session that has ended counts as
 * nobody signed in; a tenant that the person does not belong to is a `not_found` fault.
 */
export async function openContext(
  cookies: Readonly<Record<string, string>>,
  tenantSlug: string | null,
): Promise<Context> {
  return contextOf(await readSession(cookies), tenantSlug);
}

async function contextOf(session: Session | null, tenantSlug: string | null): Promise<Context> {
  if (!session) return anonymousContext(ground());
  try {
    return await contextForUser(ground(), { ...session, tenantSlug });
  } catch (error) {
    if (error instanceof Fault && error.code === 'unauthenticated') return anonymousContext(ground());
    throw error;
  }
}

/** The tRPC context of one HTTP request. */
export function requestContext(request: Request): RequestContext {
  let opened: Promise<Context> | null = null;
  return {
    headers: request.headers,
    verbs() {
      opened ??= openContext(parseCookies(request.headers.get('cookie') ?? ''), request.headers.get(TENANT_HEADER));
      return opened;
    },
  };
}

function parseCookies(header: string): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) cookies[part.slice(0, at).trim()] = decoded(part.slice(at + 1).trim());
  }
  return cookies;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
