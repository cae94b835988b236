'use client';

import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ImportOpenapi } from './import-openapi.tsx';
import { ModelsDefinition } from './models-definition.tsx';
import { PromptDefinition } from './prompt-definition.tsx';
import { type RouteDraft, routeDrafts, routesOf } from './routes/route-draft.ts';
import { RoutesDefinition } from './routes-definition.tsx';
import type { Api, Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

interface Draft {
  readonly routes: readonly RouteDraft[];
  readonly prompt: string;
  readonly promptVersion: number | null;
  readonly promptLabel: string | null;
  readonly models: readonly string[];
}

function draftOf({ definition }: Version): Draft {
  return {
    routes: definition?.kind === 'rest' ? routeDrafts(definition.routes) : [],
    prompt: definition?.kind === 'prompt' ? definition.prompt : '',
    promptVersion: definition?.kind === 'prompt' ? definition.promptVersion : null,
    promptLabel: definition?.kind === 'prompt' ? (definition.promptLabel ?? null) : null,
    models: definition?.kind === 'llm' ? definition.models : [],
  };
}

/** Says what a version serves, by the kind of its API, and saves it as a revision. */
export function DefinitionEditor({ api, version, readOnly }: { api: Api; version: Version; readOnly: boolean }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [draft, setDraft] = useState(() => draftOf(version));
  const [note, setNote] = useState('');
  const [touched, setTouched] = useState(false);
  // The page shows another revision now, after a rollback or new policies: an untouched form follows, a touched one stays.
  const [shown, setShown] = useState(version.revision);
  if (shown !== version.revision) {
    setShown(version.revision);
    if (!touched) setDraft(draftOf(version));
  }
  const save = useMutation(
    trpc.apis.setDefinition.mutationOptions({
      onSuccess: async (after) => {
        setNote('');
        setTouched(false);
        setDraft(draftOf(after));
        await refresh();
        toast({ title: `Revision ${after.revision} is saved` });
      },
    }),
  );
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    setTouched(true);
  };
  const fault = faultOf(save.error);
  const submit = (): unknown =>
    save.mutateAsync({ api: api.slug, version: version.version, definition: definitionOf(api.kind, draft), note });
  const common = { fault, readOnly };
  return (
    <div className="flex flex-col gap-4">
      {/* Beside the form, not in it: its own form would be sent together with this one. */}
      {api.kind === 'rest' && !readOnly && <ImportOpenapi version={version} />}
      <Form
        fault={fault}
        fields={(fault?.issues ?? []).map(({ path }) => path).filter((path) => FIELD.test(path))}
        onSubmit={submit}
      >
        {api.kind === 'rest' && (
          <RoutesDefinition
            {...common}
            routes={draft.routes}
            policies={version.definition?.policies ?? {}}
            onChange={(routes) => change({ routes })}
          />
        )}
        {api.kind === 'prompt' && (
          <PromptDefinition
            {...common}
            prompt={draft.prompt}
            promptVersion={draft.promptVersion}
            promptLabel={draft.promptLabel}
            onChange={(prompt, promptVersion, promptLabel) => change({ prompt, promptVersion, promptLabel })}
          />
        )}
        {api.kind === 'llm' && (
          <ModelsDefinition {...common} chosen={draft.models} onChange={(models) => change({ models })} />
        )}
        {!readOnly && (
          <div className="flex flex-wrap items-end gap-3">
            <Field label="What changed" optional className="min-w-56 flex-1">
              <Input maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
            <Button type="submit" variant="primary" disabled={!touched} busy={save.isPending}>
              {version.state === 'draft' ? 'Save' : 'Save and serve'}
            </Button>
          </div>
        )}
      </Form>
    </div>
  );
}

/** Issue paths that the editors show beside their own fields. */
const FIELD =
  /^(?:definition\.(?:prompt|promptVersion|promptLabel|models|routes\.\d+\.(?:method|path|upstream|upstreamPath|summary|when|policies\..+)))$/;

function definitionOf(kind: Api['kind'], draft: Draft) {
  switch (kind) {
    case 'rest':
      return { kind, routes: routesOf(draft.routes) };
    case 'prompt':
      if (draft.promptLabel) return { kind, prompt: draft.prompt, promptLabel: draft.promptLabel };
      return { kind, prompt: draft.prompt, ...(draft.promptVersion ? { promptVersion: draft.promptVersion } : {}) };
    case 'llm':
      return { kind, models: [...draft.models] };
  }
}
