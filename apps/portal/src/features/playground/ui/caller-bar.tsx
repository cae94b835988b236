'use client';

import { Button } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { Field, Input, Select } from '@parley/ui/field';
import { Link } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import type { Caller } from './use-caller.ts';

/** Whose calls these are: an application, and the key they are made with. */
export function CallerBar({ caller }: { caller: Caller }) {
  const { href } = useShell();
  const [shown, setShown] = useState(false);
  const { applications, key } = caller;
  if (applications?.length === 0) {
    return (
      <Notice title="No application may call models yet">
        <Link href={href('catalogue?kind=llm')} className="underline">
          Subscribe one to a model API
        </Link>{' '}
        to run this. Until then, the requests can be looked at.
      </Notice>
    );
  }
  return (
    <div className="flex flex-col gap-3 rounded-md border bg-surface p-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Calls as">
          <Select
            value={caller.application}
            disabled={!applications}
            options={(applications ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
            onChange={(event) => caller.choose(event.target.value)}
          />
        </Field>
        <Field label="API key" error={caller.problem}>
          <span className="flex items-center gap-1">
            <Input
              type={shown ? 'text' : 'password'}
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-xs"
              placeholder={caller.mayMakeKeys ? 'made when you run' : 'pk_live_…'}
              value={key}
              onChange={(event) => caller.setKey(event.target.value)}
            />
            {key !== '' && (
              <>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={shown ? 'Hide the key' : 'Show the key'}
                  onClick={() => setShown(!shown)}
                >
                  {shown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
                </Button>
                <CopyButton text={key} label="Copy the key" />
              </>
            )}
          </span>
        </Field>
      </div>
      <p className="text-faint text-xs">
        Real calls through the gateway: they count against the application’s plan. A key made here ends in a day and
        stays on this page; it is never part of a link or of what is kept.
      </p>
    </div>
  );
}
