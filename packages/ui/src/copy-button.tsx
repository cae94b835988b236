'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';

/** Copies a text and says that it did. */
export function CopyButton({ text, label = 'Copy', withLabel }: { text: string; label?: string; withLabel?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    void copyText(text).then(() => setCopied(true));
  };
  const icon = copied ? (
    <Check aria-hidden className="size-3.5 text-success-text" />
  ) : (
    <Copy aria-hidden className="size-3.5" />
  );
  return (
    <>
      {withLabel ? (
        <Button size="sm" icon={icon} onClick={copy}>
          {copied ? 'Copied' : label}
        </Button>
      ) : (
        <IconButton size="sm" label={copied ? 'Copied' : label} onClick={copy}>
          {icon}
        </IconButton>
      )}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </>
  );
}

/** The clipboard API needs a secure page; over plain http on another name the old way still works. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated -- nothing else copies on a page served over plain http
  document.execCommand('copy');
  area.remove();
}
