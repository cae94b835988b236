import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { portalEnv } from '@/server/ground.ts';
import { pageContext } from '@/trpc/server.tsx';
import { AuthPage } from './auth-page.tsx';
import { safeNext } from './safe-next.ts';
import { SignInForm } from './sign-in-form.tsx';

export const signInMetadata: Metadata = { title: 'Sign in' };

type Query = Promise<Record<string, string | string[] | undefined>>;

/** Why a person was sent back here. */
const REASONS: Readonly<Record<string, string>> = {
  Verification: 'That link has been used or has run out. Ask for a new one below.',
  CredentialsSignin: 'E-mail or password is not right.',
  too_many_attempts: 'Too many tries. Wait a quarter of an hour, or use a sign-in link if you have not yet.',
};

export async function SignInPage({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const next = safeNext(query.next ?? undefined);
  if ((await pageContext(null)).userId) redirect(next);
  const error = typeof query.error === 'string' ? query.error : null;
  return (
    <AuthPage
      title="Sign in"
      beneath={
        <>
          New here? <TextLink href={`/sign-up?next=${encodeURIComponent(next)}`}>Create an account</TextLink>
        </>
      }
    >
      {query.ended === 'yes' && <Notice title="All your sessions have ended. Sign in again." />}
      {error && (
        <Notice tone="danger">{REASONS[error] ?? 'Signing in did not work. Try again, or use a sign-in link.'}</Notice>
      )}
      <SignInForm next={next} mailboxUrl={portalEnv().mailboxUrl} />
    </AuthPage>
  );
}
