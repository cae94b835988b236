'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Page, PageHeader, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Play, Plus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { DatasetSheet } from './dataset-sheet.tsx';
import { RunForm } from './run-form.tsx';
import { RunList } from './run-list.tsx';
import { RunResults } from './run-results.tsx';

/** Datasets, runs, and the answers of the run that is looked at. */
export function BenchView({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const mayWrite = can('prompts.write');
  const prompt = useQuery(trpc.prompts.get.queryOptions({ prompt: slug }));
  const datasets = useQuery(trpc.prompts.datasets.queryOptions({ prompt: slug }));
  const [opened, setOpened] = useState<{ dataset: string } | 'new' | 'run' | null>(null);
  const [run, setRun] = useUrlState('run', '');
  const items = datasets.data?.items ?? [];
  const name = prompt.data?.name ?? slug;
  return (
    <Page>
      <PageHeader
        title="Test bench"
        crumbs={[
          { label: 'Prompts', href: href('prompts') },
          { label: name, href: href(`prompts/${slug}`) },
        ]}
        description="Rows of variables with what is expected, asked of versions and models side by side."
        actions={
          mayWrite && (
            <>
              <Button icon={<Plus className="size-4" />} onClick={() => setOpened('new')}>
                Add dataset
              </Button>
              <Button
                variant="primary"
                icon={<Play className="size-4" />}
                disabled={items.length === 0 || !prompt.data?.latestVersion}
                onClick={() => setOpened('run')}
              >
                Run
              </Button>
            </>
          )
        }
      />
      <Section id="datasets" title="Datasets">
        {datasets.isPending ? (
          <SkeletonRows rows={2} />
        ) : items.length === 0 ? (
          <EmptyState
            icon={<FlaskConical />}
            title="No dataset yet"
            action={mayWrite && <Button onClick={() => setOpened('new')}>Add a dataset</Button>}
          >
            A few rows of real questions, each with what its answer must hold, tell versions apart.
          </EmptyState>
        ) : (
          <ul aria-label="Datasets" className="flex flex-wrap gap-2">
            {items.map(({ dataset, rowCount }) => (
              <li key={dataset}>
                <Button onClick={() => setOpened({ dataset })}>
                  {dataset} <span className="text-faint">{rowCount === 1 ? '1 row' : `${rowCount} rows`}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="runs" title="Runs">
        <RunList slug={slug} chosen={run} onChoose={setRun} />
      </Section>
      {run !== '' && <RunResults key={run} id={run} mayWrite={mayWrite} />}
      {opened === 'run' && prompt.data && (
        <RunForm
          prompt={prompt.data}
          datasets={items.map(({ dataset }) => dataset)}
          onClose={() => setOpened(null)}
          onStarted={(id) => {
            setRun(id);
            setOpened(null);
          }}
        />
      )}
      {(opened === 'new' || (typeof opened === 'object' && opened !== null)) && (
        <DatasetSheet
          slug={slug}
          dataset={opened === 'new' ? null : opened.dataset}
          variables={prompt.data?.latest?.definition.variables ?? []}
          readOnly={!mayWrite}
          onClose={() => setOpened(null)}
        />
      )}
    </Page>
  );
}
