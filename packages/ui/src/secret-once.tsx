'use client';

import { CopyButton } from './copy-button.tsx';

/** A secret at the one time it can be read: whole, selectable, with a copy button and a warning in plain words. */
export function SecretOnce({ secret, label, children }: { secret: string; label: string; children?: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-2 rounded-md border bg-sunken p-3">
        <code aria-label={label} className="min-w-0 flex-1 select-all break-all font-mono text-sm">
          {secret}
        </code>
        <CopyButton text={secret} withLabel />
      </div>
      <p className="rounded-md bg-warning-soft px-4 py-3 text-sm text-warning-text">
        {children ?? 'Copy it now. We keep only a fingerprint of it, so nobody can show it to you again.'}
      </p>
    </div>
  );
}
