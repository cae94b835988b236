'use client';

import { Badge } from '@parley/ui/badge';
import { Button, ButtonLink } from '@parley/ui/button';
import type { FormFault } from '@parley/ui/form';
import { Notice, PageHeader } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { FlaskConical, Rocket, Save } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { dropHanded, peekHanded } from '@/words/handed-prompt.ts';
import { canonical, type Draft, draftOf, draftOfHanded, newDraft, readDraft, saidIn } from './draft.ts';
import { ExamplesEditor } from './examples-editor.tsx';
import { LabelsPanel } from './labels-panel.tsx';
import { MessagesEditor } from './messages-editor.tsx';
import { PublishSheet } from './publish-sheet.tsx';
import { RunPanel } from './run-panel.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { SettingsEditor } from './settings-editor.tsx';
import { VariablesEditor } from './variables-editor.tsx';
import { VersionsPanel } from './versions-panel.tsx';

type Prompt = RouterOutputs['prompts']['get'];

/** Loads a prompt, then opens it. */
export function PromptEditor({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const prompt = useQuery(trpc.prompts.get.queryOptions({ prompt: slug }));
  const models = useQuery(trpc.prompts.models.queryOptions({ limit: 200 }));
  const fault = faultOf(prompt.error);
  if (fault) return <Notice tone="danger" title={fault.message} />;
  if (!prompt.data || models.isPending) return <Skeleton className="m-8 h-96" />;
  const first = models.data?.items.find((model) => !model.disabledAt && model.price)?.slug ?? '';
  return <Editor prompt={prompt.data} firstModel={first} hasModels={(models.data?.items.length ?? 0) > 0} />;
}

const COLUMNS = [
  { value: 'write', label: 'Write' },
  { value: 'run', label: 'Test' },
  { value: 'versions', label: 'Versions' },
] as const;

function Editor({ prompt, firstModel, hasModels }: { prompt: Prompt; firstModel: string; hasModels: boolean }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { can, href } = useShell();
  const mayWrite = can('prompts.write');
  const { latest } = prompt;
  const [draft, setDraft] = useState<Draft>(() => (latest ? draftOf(latest.definition) : begun(firstModel)));
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const [opened, setOpened] = useState<'save' | 'publish' | null>(null);
  const [column, setColumn] = useState<(typeof COLUMNS)[number]['value']>('write');
  const { definition, issues } = readDraft(draft);
  const dirty = !latest || canonical(definition) !== canonical(saidIn(latest.definition));
  const save = useMutation(
    trpc.prompts.saveVersion.mutationOptions({
      onSuccess: async (version) => {
        setWarnings(version.warnings);
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        toast({
          title: version.added ? `Version ${version.number} is saved` : 'Nothing has changed since the last version',
        });
      },
    }),
  );
  const served = faultOf(save.error);
  const fault: FormFault | null =
    issues.length > 0 ? { message: 'Some fields cannot be read.', issues } : save.isPending ? null : served;
  // Once it stands in the editor: the next new prompt begins empty.
  useEffect(dropHanded, []);
  useLeaveWarning(dirty && mayWrite && draft.messages.some(({ text }) => text !== ''));
  const change = (next: Draft): void => {
    setDraft(next);
    if (save.isError) save.reset();
  };
  const common = { draft, onChange: change, fault, readOnly: !mayWrite };
  const number = (latest?.number ?? 0) + 1;
  return (
    <div className="mx-auto flex w-full max-w-[112rem] flex-col gap-5 px-4 py-6 md:px-8">
      <PageHeader
        title={prompt.name}
        description={prompt.description || undefined}
        crumbs={[{ label: 'Prompts', href: href('prompts') }]}
        badge={
          latest ? (
            <Badge tone={dirty ? 'warning' : 'neutral'}>
              {dirty ? `Changed since version ${latest.number}` : `Version ${latest.number}`}
            </Badge>
          ) : (
            <Badge>Not saved yet</Badge>
          )
        }
        actions={
          <>
            {latest && (
              <ButtonLink href={href(`prompts/${prompt.slug}/bench`)}>
                <FlaskConical aria-hidden className="size-4" /> Test bench
              </ButtonLink>
            )}
            {mayWrite && (
              <Button
                variant={latest ? 'secondary' : 'primary'}
                icon={<Save className="size-4" />}
                disabled={!dirty || issues.length > 0}
                busy={save.isPending}
                onClick={() => setOpened('save')}
              >
                Save
              </Button>
            )}
            {can('apis.publish') && latest && (
              <Button
                variant="primary"
                icon={<Rocket className="size-4" />}
                disabled={dirty}
                title={dirty ? 'Save the prompt first' : undefined}
                onClick={() => setOpened('publish')}
              >
                Publish
              </Button>
            )}
          </>
        }
      />
      {!hasModels && (
        <Notice tone="warning" title="There is no model yet">
          A prompt needs one to run.{' '}
          <a href={href('models')} className="underline">
            Add a provider and a model
          </a>{' '}
          first.
        </Notice>
      )}
      {fault && (
        <Notice tone="danger" title={fault.message}>
          <ul className="list-inside list-disc">
            {fault.issues.map((issue) => (
              <li key={issue.path + issue.message}>{issue.message}</li>
            ))}
          </ul>
        </Notice>
      )}
      {warnings.length > 0 && !dirty && (
        <Notice tone="warning" title="Saved, with something to know">
          {warnings.join(' ')}
        </Notice>
      )}
      <div role="group" aria-label="Parts of the editor" className="flex gap-1 rounded-md bg-sunken p-1 xl:hidden">
        {COLUMNS.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            aria-pressed={column === value}
            onClick={() => setColumn(value)}
            className={clsx(
              'h-8 flex-1 rounded-sm text-sm',
              column === value ? 'bg-surface font-medium shadow-sm' : 'text-muted',
            )}
          >
            {label}
          </button>
        ))}
      </div>
      <div className="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,2.5fr)]">
        <div className={clsx('flex min-w-0 flex-col gap-6', column !== 'write' && 'max-xl:hidden')}>
          <MessagesEditor {...common} />
          <ExamplesEditor {...common} />
          <VariablesEditor {...common} />
          <SettingsEditor {...common} />
        </div>
        <div className={clsx('flex min-w-0 flex-col gap-3 xl:sticky xl:top-6', column !== 'run' && 'max-xl:hidden')}>
          <h2 className="font-semibold text-sm max-xl:sr-only">Test</h2>
          <RunPanel draft={draft} mayRun={mayWrite} />
        </div>
        <div
          className={clsx('flex min-w-0 flex-col gap-3 xl:sticky xl:top-6', column !== 'versions' && 'max-xl:hidden')}
        >
          <LabelsPanel slug={prompt.slug} latest={latest?.number ?? null} />
          <h2 className="font-semibold text-sm">Versions</h2>
          <VersionsPanel
            slug={prompt.slug}
            publishedAs={prompt.publishedAs}
            onOpen={
              mayWrite
                ? (version) => {
                    setDraft(draftOf(version.definition));
                    setColumn('write');
                  }
                : null
            }
          />
        </div>
      </div>
      {opened === 'save' && (
        <SaveDialog
          number={number}
          onClose={() => setOpened(null)}
          onSave={(note) =>
            save.mutateAsync({ prompt: prompt.slug, definition, note, basedOn: latest?.number ?? null })
          }
        />
      )}
      {opened === 'publish' && latest && (
        <PublishSheet
          prompt={prompt}
          number={latest.number}
          definition={latest.definition}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  );
}

/** What a new prompt begins with: what another page handed over, or nothing. */
function begun(firstModel: string): Draft {
  const handed = peekHanded();
  return handed ? draftOfHanded(handed, firstModel) : newDraft(firstModel);
}

/** Asks before the page with unsaved words is closed. */
function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const hold = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', hold);
    return () => window.removeEventListener('beforeunload', hold);
  }, [unsaved]);
}
