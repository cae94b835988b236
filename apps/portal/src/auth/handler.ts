import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { portalEnv } from '../server/ground.ts';
import { authOptions } from './options.ts';

interface RouteContext {
  readonly params: Promise<{ nextauth: string[] }>;
}

/** Serves `/api/auth/*`. */
export async function handleAuth(request: NextRequest, context: RouteContext): Promise<Response> {
  // next-auth takes its own address from here; the Host header must not decide where links in mails lead.
  process.env['NEXTAUTH_URL'] = portalEnv().portalUrl;
  // next-auth types its answer as any.
  const response: unknown = await NextAuth(request, context, authOptions());
  if (!(response instanceof Response)) throw new Error('next-auth did not answer');
  return response;
}
