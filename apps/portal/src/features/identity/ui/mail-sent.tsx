'use client';

import { Button } from '@parley/ui/button';
import { TextLink } from '@parley/ui/link';
import { MailCheck } from 'lucide-react';

/** What to do after asking for a link. Says the same whether there is such an account or not. */
export function MailSent({
  email,
  mailboxUrl,
  onBack,
}: {
  email: string;
  mailboxUrl: string | null;
  onBack?: () => void;
}) {
  return (
    <div className="flex flex-col items-start gap-4 rounded-md border p-5" role="status">
      <MailCheck aria-hidden className="size-6 text-accent-text" />
      <div>
        <h2 className="font-semibold text-base">Look into your mail</h2>
        <p className="mt-1 text-muted">
          If <span className="font-medium text-text">{email}</span> can receive mail, there is one on its way with what
          to do next. The link in it works once, for twenty minutes.
        </p>
        {mailboxUrl && (
          <p className="mt-3 text-muted">
            This is a local installation: all mail lands in the <TextLink href={mailboxUrl}>local mailbox</TextLink>.
          </p>
        )}
      </div>
      {onBack && <Button onClick={onBack}>Use another address</Button>}
    </div>
  );
}
