'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Input, Select } from '@parley/ui/field';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** Names that lead to versions of a prompt: moved with one press, and back with another. */
export function LabelsPanel({ slug, latest }: { slug: string; latest: number | null }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayWrite = useShell().can('prompts.write');
  const [name, setName] = useState('');
  const labels = useQuery(trpc.prompts.labels.queryOptions({ prompt: slug }));
  const done = {
    onSuccess: async ({ warnings }: { warnings: readonly string[] }) => {
      await queries.invalidateQueries(trpc.prompts.pathFilter());
      setName('');
      const [first] = warnings;
      if (first !== undefined) toast({ title: 'Callers will notice', body: warnings.join(' '), durationMs: 15_000 });
    },
  };
  const set = useMutation(trpc.prompts.setLabel.mutationOptions(done));
  const back = useMutation(trpc.prompts.moveLabelBack.mutationOptions(done));
  const remove = useMutation(trpc.prompts.removeLabel.mutationOptions(done));
  const busy = set.isPending || back.isPending || remove.isPending;
  const fault = faultOf(set.error ?? back.error ?? remove.error);
  if (labels.isPending) return <SkeletonRows rows={2} />;
  const items = labels.data?.items ?? [];
  const versions = latest === null ? [] : Array.from({ length: latest }, (_, at) => latest - at);
  const options = versions.map((number) => ({ value: String(number), label: `Version ${number}` }));
  const free = ['production', 'staging'].filter((label) => !items.some((item) => item.label === label));
  return (
    <section aria-label="Labels" className="flex flex-col gap-3">
      <h2 className="font-semibold text-sm">Labels</h2>
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {items.length > 0 && (
        <ul className="flex flex-col divide-y rounded-md border bg-surface">
          {items.map(({ label, version, previousVersion, movedBy, movedAt, usedBy }) => (
            <li key={label} className="flex flex-col gap-1.5 px-3 py-2.5">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={label === 'production' ? 'success' : 'neutral'}>{label}</Badge>
                <Select
                  aria-label={`Version of the label ${label}`}
                  className="ml-auto w-32"
                  disabled={!mayWrite || busy}
                  value={String(version)}
                  onChange={(event) => set.mutate({ prompt: slug, label, promptVersion: Number(event.target.value) })}
                  options={options}
                />
                {mayWrite && previousVersion !== null && (
                  <IconButton
                    size="sm"
                    label={`Move ${label} back to version ${previousVersion}`}
                    onClick={() => back.mutate({ prompt: slug, label })}
                  >
                    <Undo2 />
                  </IconButton>
                )}
                {mayWrite && usedBy.length === 0 && (
                  <IconButton
                    size="sm"
                    label={`Remove the label ${label}`}
                    onClick={() => remove.mutate({ prompt: slug, label })}
                  >
                    <Trash2 />
                  </IconButton>
                )}
              </span>
              <span className="text-faint text-xs">
                {previousVersion !== null && `Before: version ${previousVersion} · `}
                {movedBy ?? 'a script'} · <RelativeTime at={movedAt} />
                {usedBy.length > 0 && ` · ${usedBy.map((one) => `${one.api}/${one.version}`).join(', ')}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {mayWrite && latest !== null && (
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            set.mutate({ prompt: slug, label: name.trim(), promptVersion: latest });
          }}
        >
          {free.map((label) => (
            <Button
              key={label}
              size="sm"
              disabled={busy}
              onClick={() => set.mutate({ prompt: slug, label, promptVersion: latest })}
            >
              {label} → version {latest}
            </Button>
          ))}
          <Input
            aria-label="Name of a new label"
            placeholder="another label"
            className="w-36"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button size="sm" type="submit" disabled={name.trim() === '' || busy}>
            Add
          </Button>
        </form>
      )}
      <p className="text-faint text-xs">An API that follows a label serves what it leads to, within a second.</p>
    </section>
  );
}
