'use client';

import { signIn, signOut } from 'next-auth/react';

export type SignInResult = 'ok' | 'wrong' | 'too_many' | 'failed';

/** Tries an e-mail and password. On `ok` the session cookie is set. */
export async function signInWithPassword(email: string, password: string): Promise<SignInResult> {
  const result = await signIn('password', { email, password, redirect: false });
  if (result?.ok && !result.error) return 'ok';
  if (result?.error === 'too_many_attempts') return 'too_many';
  return result?.status === 401 ? 'wrong' : 'failed';
}

/** Asks for a sign-in link by mail; the answer is the same whether there is such an account or not. */
export async function askForMailLink(email: string, callbackUrl: string): Promise<SignInResult> {
  const result = await signIn('email', { email, callbackUrl, redirect: false });
  if (result?.url?.includes('too_many_attempts')) return 'too_many';
  return result?.ok && !result.error ? 'ok' : 'failed';
}

/** Ends this browser's session and goes to the front page. */
export async function endSession(): Promise<void> {
  await signOut({ callbackUrl: '/' });
}
