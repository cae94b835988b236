'use client';

import { Button } from '@parley/ui/button';
import { Notice, PageHeader } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useUrlState } from '@parley/ui/url-state';
import { clsx } from 'clsx';
import { Play, Plus, Square } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { handOver } from '@/words/handed-prompt.ts';
import { CallerBar } from './caller-bar.tsx';
import {
  type Conversation,
  continued,
  MOST_MODELS,
  newConversation,
  requestOf,
  saysSomething,
} from './conversation.ts';
import { readLinkPart, Shelf } from './kept.ts';
import { KeptMenu } from './kept-menu.tsx';
import { promptOf } from './prompt-of.ts';
import { RequestsPanel } from './requests-panel.tsx';
import { RunColumn } from './run-column.tsx';
import { SettingsEditor } from './settings-editor.tsx';
import { ToolsEditor } from './tools-editor.tsx';
import { TurnsEditor } from './turns-editor.tsx';
import { useCaller } from './use-caller.ts';
import { useRuns } from './use-runs.ts';

const PARTS = [
  { value: 'answers', label: 'Answers' },
  { value: 'requests', label: 'Requests' },
] as const;
type Part = (typeof PARTS)[number]['value'];
const NAMES = 'playground-models';

/** A conversation asked of up to three models at once, and shown as the requests it becomes. */
export function PlaygroundView({ gatewayUrl }: { gatewayUrl: string }) {
  const { can, href } = useShell();
  const router = useRouter();
  const { conversation, change, open, shelf } = useConversation();
  const caller = useCaller(gatewayUrl);
  const { runs, start, stop, clear } = useRuns();
  const [part, setPart] = useUrlState('part', 'answers');
  const { request, issues } = requestOf(conversation);
  const models = conversation.models.map(
    (model) => model || (conversation.models.length === 1 ? (caller.names[0] ?? '') : ''),
  );
  const running = runs.some(({ state }) => state === 'running');
  const asked = models.filter(Boolean);
  const ready =
    issues.length === 0 && asked.length > 0 && conversation.turns.some(saysSomething) && caller.application !== '';
  const fault = issues.length > 0 ? { message: 'Some fields cannot be read.', issues } : null;
  const run = async (): Promise<void> => {
    setPart('answers');
    const key = await caller.withKey();
    if (key !== null) await start({ url: `${gatewayUrl}/v1/chat/completions`, key, request, models: asked });
  };
  const onKeyDown = useEffectEvent((event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && ready && !running) void run();
  });
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const setModels = (next: readonly string[]): void => change({ ...conversation, models: next });
  const toPrompt = (): void => {
    handOver(promptOf(conversation, asked[0] ?? ''));
    router.push(href('prompts?new=handed'));
  };
  return (
    <div className="mx-auto flex w-full max-w-[112rem] flex-col gap-5 px-4 py-6 md:px-8">
      <PageHeader
        title="Playground"
        description="Ask models through the gateway, side by side, and see each call as every client sends it."
        actions={
          <KeptMenu
            shelf={shelf}
            conversation={conversation}
            onOpen={(next) => {
              clear();
              open(next);
            }}
            onPrompt={can('prompts.write') ? toPrompt : null}
          />
        }
      />
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ path, message }) => `${path}: ${message}`).join(' ')}
        </Notice>
      )}
      <div className="grid min-w-0 items-start gap-6 lg:grid-cols-[minmax(0,4fr)_minmax(0,6fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <CallerBar caller={caller} />
          <TurnsEditor turns={conversation.turns} onChange={(turns) => change({ ...conversation, turns })} />
          <Fold title="Tools" count={conversation.tools.length} open={conversation.tools.length > 0}>
            <ToolsEditor
              tools={conversation.tools}
              settings={conversation.settings}
              fault={fault}
              onTools={(tools) => change({ ...conversation, tools })}
              onSettings={(settings) => change({ ...conversation, settings })}
            />
          </Fold>
          <Fold title="Parameters" count={Object.values(conversation.settings).filter(Boolean).length} open={false}>
            <SettingsEditor
              settings={conversation.settings}
              fault={fault}
              onChange={(settings) => change({ ...conversation, settings })}
            />
          </Fold>
        </div>
        <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-6">
          <div className="flex flex-wrap items-center gap-3">
            {running ? (
              <Button icon={<Square className="size-3.5" />} onClick={stop}>
                Stop
              </Button>
            ) : (
              <Button
                variant="primary"
                icon={<Play className="size-3.5" />}
                disabled={!ready}
                onClick={() => void run()}
              >
                Run
              </Button>
            )}
            <span className="text-faint text-xs max-sm:hidden">⌘⏎</span>
            {models.length < MOST_MODELS && (
              <Button
                variant="ghost"
                icon={<Plus className="size-4" />}
                onClick={() => setModels([...models, caller.names.find((name) => !models.includes(name)) ?? ''])}
              >
                Compare with another
              </Button>
            )}
            <span className="ml-auto">
              <Segmented<Part>
                label="What is shown"
                segments={PARTS}
                value={part === 'requests' ? 'requests' : 'answers'}
                onChange={setPart}
              />
            </span>
          </div>
          <datalist id={NAMES}>
            {caller.names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </datalist>
          {part === 'requests' ? (
            <RequestsPanel model={asked[0] ?? ''} request={request} apiKey={caller.key} />
          ) : (
            <div className={clsx('grid min-w-0 items-start gap-4', COLUMNS[models.length])}>
              {models.map((model, at) => (
                <RunColumn
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                  key={at}
                  at={at}
                  model={model}
                  names={NAMES}
                  run={runs[asked.indexOf(model)]?.model === model ? (runs[asked.indexOf(model)] ?? null) : null}
                  onModel={(name) => setModels(models.with(at, name))}
                  onRemove={models.length > 1 ? () => setModels(models.filter((_, other) => other !== at)) : null}
                  onContinue={(answer) => change(continued(conversation, answer))}
                />
              ))}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

const COLUMNS: Readonly<Record<number, string>> = {
  2: 'md:grid-cols-2',
  3: 'md:grid-cols-2 2xl:grid-cols-3',
};

function Fold({
  title,
  count,
  open,
  children,
}: {
  title: string;
  count: number;
  open: boolean;
  children: React.ReactNode;
}) {
  return (
    <details open={open} className="group rounded-md border">
      <summary className="cursor-pointer px-3 py-2 font-medium text-sm">
        {title}
        {count > 0 && <span className="ml-1.5 font-normal text-faint text-xs tabular-nums">{count}</span>}
      </summary>
      <div className="border-t p-3">{children}</div>
    </details>
  );
}

/** The conversation being written: from the link that was followed, else from what this browser kept. */
function useConversation() {
  const { tenant } = useShell();
  const [conversation, open] = useState<Conversation>(newConversation);
  const [shelf, setShelf] = useState<Shelf | null>(null);
  useEffect(() => {
    const own = new Shelf(window.localStorage, tenant.slug);
    void readLinkPart(window.location.hash).then((linked) => {
      const found = linked ?? own.current();
      if (found) open(found);
      if (linked)
        window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
      setShelf(own);
    });
  }, [tenant.slug]);
  const change = (next: Conversation): void => {
    open(next);
    shelf?.keepCurrent(next);
  };
  return { conversation, change, open: change, shelf };
}
