'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { Link } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type SharedText = RouterOutputs['prompts']['partials']['items'][number];

interface Props {
  /** `null` for a new one. */
  readonly partial: SharedText | null;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
}

/** One shared text: to write, with its versions and the prompts that hold it. */
export function PartialSheet({ partial, mayWrite, onClose }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [slug, setSlug] = useState(partial?.slug ?? '');
  const [text, setText] = useState(partial?.text ?? '');
  const [note, setNote] = useState('');
  const save = useMutation(
    trpc.prompts.savePartial.mutationOptions({
      onSuccess: async (saved) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        toast({ title: saved.added ? `“${saved.slug}” is saved as version ${saved.version}` : 'Nothing has changed' });
        onClose();
      },
    }),
  );
  const fault = faultOf(save.error);
  const changed = text !== (partial?.text ?? '');
  return (
    <Sheet
      open
      onOpenChange={onClose}
      wide
      title={partial ? `Shared text ${partial.slug}` : 'New shared text'}
      description={
        partial ? `Version ${partial.version}` : 'Prompts name it, and take up its text when they are saved.'
      }
      footer={
        mayWrite && (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              form="shared-text"
              variant="primary"
              disabled={!changed || text === ''}
              busy={save.isPending}
            >
              {partial ? `Save as version ${partial.version + 1}` : 'Save'}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-6">
        <Form
          id="shared-text"
          fault={fault}
          fields={['partial', 'text', 'note']}
          onSubmit={() => save.mutateAsync({ partial: slug, text, note })}
        >
          {!partial && (
            <Field
              label="Short name"
              error={issueOf(fault, 'partial')}
              hint="Prompts name it by this: {{> tone}}. It stays."
            >
              <Input
                className="font-mono"
                spellCheck={false}
                placeholder="tone"
                value={slug}
                onChange={(event) => setSlug(event.target.value.toLowerCase())}
              />
            </Field>
          )}
          <Field
            label="Text"
            error={issueOf(fault, 'text')}
            hint="Variables of the prompts may stand in it: {{language}}."
          >
            <Textarea
              rows={Math.min(20, Math.max(6, text.split('\n').length + 1))}
              className="font-mono text-xs leading-5"
              readOnly={!mayWrite}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          {mayWrite && (
            <Field label="What changed and why" optional error={issueOf(fault, 'note')}>
              <Input value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
          )}
        </Form>
        {partial && <Users slug={partial.slug} latest={partial.version} changed={changed} />}
        {partial && <Versions slug={partial.slug} onTake={mayWrite ? setText : null} />}
      </div>
    </Sheet>
  );
}

function Users({ slug, latest, changed }: { slug: string; latest: number; changed: boolean }) {
  const trpc = useTRPC();
  const { href } = useShell();
  const users = useQuery(trpc.prompts.partialUsers.queryOptions({ partial: slug }));
  const items = users.data?.items ?? [];
  return (
    <section aria-label="Used by" className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">Used by</h3>
      {changed && items.length > 0 && (
        <Notice tone="warning" title={items.length === 1 ? 'One prompt holds it' : `${items.length} prompts hold it`}>
          They keep the text they were saved with. Each takes up the new one when it is saved next, as a version of its
          own.
        </Notice>
      )}
      {users.isSuccess && items.length === 0 && (
        <p className="text-muted text-sm">No prompt’s latest version holds it.</p>
      )}
      <ul className="flex flex-col divide-y text-sm">
        {items.map(({ prompt, name, promptVersion, versions }) => (
          <li key={prompt} className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5">
            <Link href={href(`prompts/${prompt}`)} className="text-accent-text hover:underline">
              {name}
            </Link>
            <span className="text-muted text-xs">
              its version {promptVersion} holds {versions.map((one) => `version ${one}`).join(' and ')}
              {versions[0] !== latest && ', an older one'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Versions({ slug, onTake }: { slug: string; onTake: ((text: string) => void) | null }) {
  const trpc = useTRPC();
  const versions = useQuery(trpc.prompts.partialVersions.queryOptions({ partial: slug }));
  return (
    <section aria-label="Versions" className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">Versions</h3>
      {versions.data?.items.map(({ version, text, note, createdAt, createdBy }) => (
        <details key={version} className="rounded-md border">
          <summary className="cursor-pointer px-3 py-2 text-sm">
            Version {version} <RelativeTime at={createdAt} />
            <span className="text-muted">
              {createdBy && ` by ${createdBy}`}
              {note && `: ${note}`}
            </span>
          </summary>
          <div className="flex flex-col items-start gap-2 border-t p-3">
            <p className="whitespace-pre-wrap break-words font-mono text-xs leading-5">{text}</p>
            {onTake && (
              <Button size="sm" onClick={() => onTake(text)}>
                Take this text
              </Button>
            )}
          </div>
        </details>
      ))}
    </section>
  );
}
