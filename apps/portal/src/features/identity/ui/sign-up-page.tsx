import { TextLink } from '@parley/ui/link';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pageContext } from '@/trpc/server.tsx';
import { AuthPage } from './auth-page.tsx';
import { safeNext } from './safe-next.ts';
import { SignUpForm } from './sign-up-form.tsx';

export const signUpMetadata: Metadata = { title: 'Sign up' };

type Query = Promise<Record<string, string | string[] | undefined>>;

export async function SignUpPage({ searchParams }: { searchParams: Query }) {
  const next = safeNext((await searchParams).next);
  if ((await pageContext(null)).userId) redirect(next);
  return (
    <AuthPage
      title="Create your account"
      lead="Then name your tenant: the place where your APIs, applications and people live."
      beneath={
        <>
          Have an account? <TextLink href={`/sign-in?next=${encodeURIComponent(next)}`}>Sign in</TextLink>
        </>
      }
    >
      <SignUpForm next={next === '/open' ? '/new-tenant' : next} />
    </AuthPage>
  );
}
