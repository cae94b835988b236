import { buttonClass } from '@parley/ui/button-class';
import { TextLink } from '@parley/ui/link';
import type { Metadata } from 'next';
import { AuthPage } from './auth-page.tsx';

export const signInLinkMetadata: Metadata = { title: 'Sign in', referrer: 'no-referrer' };

type Query = Promise<Record<string, string | string[] | undefined>>;

/** Where the link in a mail leads. The button uses it up; opening the page does not, as mail scanners open links. */
export async function SignInLinkPage({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const { email, token, callbackUrl } = query;
  if (typeof email !== 'string' || typeof token !== 'string') {
    return (
      <AuthPage title="This link is not whole" lead="Parts of it are missing; some mail programs break long links.">
        <TextLink href="/sign-in">Ask for a new one</TextLink>
      </AuthPage>
    );
  }
  const target = new URLSearchParams({ email, token });
  if (typeof callbackUrl === 'string') target.set('callbackUrl', callbackUrl);
  return (
    <AuthPage title="Almost there" lead={<>You are about to sign in as {email}.</>}>
      {/* A plain link: it must leave the application and come back with a session. */}
      <a href={`/api/auth/callback/email?${target}`} className={buttonClass({ variant: 'primary', size: 'lg' })}>
        Sign in
      </a>
    </AuthPage>
  );
}
