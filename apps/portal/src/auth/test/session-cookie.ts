import { encode } from 'next-auth/jwt';

/** The cookie of a person who signed in; for tests of what a session may do. */
export async function sessionCookie(userId: string, secret: string): Promise<string> {
  const token = await encode({ token: { sub: userId, epoch: 0 }, secret });
  return `next-auth.session-token=${token}`;
}
