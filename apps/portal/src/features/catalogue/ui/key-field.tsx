'use client';

import { Button } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { Field, Input } from '@parley/ui/field';
import { RelativeTime } from '@parley/ui/format';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Eye, EyeOff, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { CatalogueApi } from './api-view.tsx';
import type { Viewer } from './viewer.ts';

const DAY_MS = 86_400_000;

/** The key to call with: pasted, or made here for an application that is subscribed. Held in this page's memory only. */
export function KeyField({
  viewer,
  api,
  value,
  onChange,
}: {
  viewer: Viewer;
  api: CatalogueApi;
  value: string;
  onChange: (key: string) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [shown, setShown] = useState(false);
  const application = api.subscriptions.find((one) => one.state === 'approved')?.application;
  const create = useMutation(
    trpc.applications.keys.create.mutationOptions({
      onSuccess: async (made) => {
        onChange(made.secret);
        await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
      },
    }),
  );
  const make = (slug: string): void => {
    create.mutate({
      application: slug,
      name: `Tried ${api.name.slice(0, 60)} on ${new Date().toISOString().slice(0, 19).replace('T', ' at ')}`,
      expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
    });
  };
  return (
    <Field
      label="API key"
      error={faultOf(create.error)?.message}
      hint={
        create.data ? (
          <>
            Made “{create.data.name}” of {application?.name}; it ends <RelativeTime at={create.data.expiresAt} />. It is
            shown nowhere else.
          </>
        ) : application ? (
          'Stays on this page; it is not saved in your browser.'
        ) : (
          'Subscribe an application first; its key goes here.'
        )
      }
    >
      <div className="flex items-center gap-1.5">
        <Input
          type={shown ? 'text' : 'password'}
          aria-label="API key"
          placeholder="pk_live_…"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        {value !== '' && (
          <>
            <Button
              size="sm"
              variant="ghost"
              aria-label={shown ? 'Hide the key' : 'Show the key'}
              onClick={() => setShown(!shown)}
            >
              {shown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
            </Button>
            <CopyButton text={value} label="Copy the key" />
          </>
        )}
        {value === '' && application && viewer.mayMakeKeys && (
          <Button
            icon={<KeyRound aria-hidden className="size-3.5" />}
            busy={create.isPending}
            onClick={() => make(application.slug)}
          >
            Make one
          </Button>
        )}
      </div>
    </Field>
  );
}
