'use client';

import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, type FormFault } from '@parley/ui/form';
import { useState } from 'react';
import { askForMailLink, type SignInResult, signInWithPassword } from '@/auth/client.ts';
import { MailSent } from './mail-sent.tsx';

const FAULTS: Record<Exclude<SignInResult, 'ok'>, string> = {
  wrong: 'E-mail or password is not right.',
  too_many: 'Too many tries. Wait a quarter of an hour and try again.',
  failed: 'The portal could not be reached. What you typed is kept; try again.',
};

/** Password or a link by mail; both start from the e-mail. */
export function SignInForm({ next, mailboxUrl }: { next: string; mailboxUrl: string | null }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState<'password' | 'link' | null>(null);
  const [fault, setFault] = useState<FormFault | null>(null);
  const [sent, setSent] = useState(false);

  const show = (result: Exclude<SignInResult, 'ok'>): void => {
    setBusy(null);
    setFault({ message: FAULTS[result], issues: [] });
  };
  const needEmail = (): boolean => {
    if (/^\S+@\S+$/.test(email.trim())) return false;
    const message = 'Enter your e-mail address.';
    setFault({ message, issues: [{ path: 'email', message }] });
    return true;
  };
  const withPassword = async (): Promise<void> => {
    if (needEmail()) return;
    setBusy('password');
    const result = await signInWithPassword(email, password).catch(() => 'failed' as const);
    // A whole page load, so that nothing fetched before signing in is shown.
    if (result === 'ok') window.location.assign(next);
    else show(result);
  };
  const withLink = async (): Promise<void> => {
    if (needEmail()) return;
    setBusy('link');
    const result = await askForMailLink(email, next).catch(() => 'failed' as const);
    if (result !== 'ok') return show(result);
    setBusy(null);
    setSent(true);
  };

  if (sent) return <MailSent email={email} mailboxUrl={mailboxUrl} onBack={() => setSent(false)} />;
  const emailIssue = fault?.issues.find((issue) => issue.path === 'email')?.message;
  return (
    <Form fault={fault} fields={['email']} onSubmit={withPassword}>
      <Field label="E-mail" error={emailIssue}>
        <Input
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password">
        <Input
          type="password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" variant="primary" busy={busy === 'password'} disabled={busy !== null}>
        Sign in
      </Button>
      <div className="flex items-center gap-3 text-faint text-xs">
        <span className="h-px flex-1 bg-line" />
        or without a password
        <span className="h-px flex-1 bg-line" />
      </div>
      <Button busy={busy === 'link'} disabled={busy !== null} onClick={() => void withLink()}>
        Mail me a sign-in link
      </Button>
    </Form>
  );
}
