import { checkPassword } from '@parley/services/sign-in/check-password';
import { MAIL_LINK_MINUTES, mailForSignIn, personByEmail } from '@parley/services/sign-in/mail-link';
import { headers } from 'next/headers';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { EmailConfig } from 'next-auth/providers/email';
import { ground, logger, portalEnv, producer, redis } from '../server/ground.ts';
import { asUser, mailLinkAdapter } from './adapter.ts';
import { addressOf, guessLimit, mailLimits, redisAttempts, signInLimits } from './attempts.ts';

const THIRTY_DAYS_SECONDS = 30 * 86_400;

/** Error code that the sign-in page knows. */
const TOO_MANY = 'too_many_attempts';

const password = CredentialsProvider({
  id: 'password',
  name: 'Password',
  credentials: { email: { type: 'email' }, password: { type: 'password' } },
  async authorize(given, request) {
    const email = (given?.email ?? '').trim().toLowerCase().slice(0, 254);
    const [attempts, address] = [redisAttempts(redis()), addressOf(request.headers ?? {})];
    if (!(await attempts.take(signInLimits(email, address)))) throw new Error(TOO_MANY);
    const person = await checkPassword(ground(), { email, password: given?.password ?? '' });
    if (person) await attempts.forget(guessLimit(email, address));
    return asUser(person);
  },
});

/** next-auth's own e-mail provider would bring a mail library; ours hands the mail to the worker. */
const mailLink: EmailConfig = {
  id: 'email',
  type: 'email',
  name: 'Email',
  from: '',
  server: '',
  options: {},
  maxAge: MAIL_LINK_MINUTES * 60,
  async sendVerificationRequest({ identifier, url }) {
    const person = await personByEmail(ground(), identifier);
    const env = portalEnv();
    const mail = mailForSignIn({
      email: identifier,
      known: person !== null,
      linkUrl: confirmationUrl(url, env.portalUrl),
      portalUrl: env.portalUrl,
    });
    await producer().enqueue('mail.send', mail);
  },
};

/** Mail scanners open links. Ours leads to a page with a button, so that opening it uses nothing up. */
function confirmationUrl(callbackUrl: string, portalUrl: string): string {
  return `${portalUrl}/sign-in/link?${new URL(callbackUrl).searchParams}`;
}

/** How people prove who they are. Built at the first request, when the environment is known. */
export function authOptions(): NextAuthOptions {
  const env = portalEnv();
  return {
    secret: env.nextAuthSecret,
    useSecureCookies: env.portalUrl.startsWith('https://'),
    session: { strategy: 'jwt', maxAge: THIRTY_DAYS_SECONDS },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [password, mailLink],
    adapter: mailLinkAdapter(ground),
    callbacks: {
      async signIn({ user, email }) {
        if (email?.verificationRequest !== true) return true;
        const limits = mailLimits(user.email ?? '', addressOf(await headers()));
        return (await redisAttempts(redis()).take(limits)) || `/sign-in?error=${TOO_MANY}`;
      },
      jwt({ token, user }) {
        // At sign-in only: what the cookie holds is who, and which epoch of their sessions it belongs to.
        const epoch = user && 'epoch' in user ? user.epoch : token.epoch;
        return { sub: user?.id ?? token.sub, epoch };
      },
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => (sameOrigin(url, env.portalUrl) ? new URL(url, env.portalUrl).toString() : env.portalUrl),
    },
    logger: {
      error: (code) => logger().error('sign-in failed', { code }),
      warn: (code) => logger().warn('sign-in warning', { code }),
      debug: () => undefined,
    },
  };
}

function sameOrigin(url: string, portalUrl: string): boolean {
  return URL.canParse(url, portalUrl) && new URL(url, portalUrl).origin === new URL(portalUrl).origin;
}
