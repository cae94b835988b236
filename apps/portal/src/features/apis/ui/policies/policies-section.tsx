'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Section } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { SkeletonRows } from '@parley/ui/skeleton';
import { Pencil, Route, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { RoutingSheet } from '../routing/routing-sheet.tsx';
import type { Api, Version } from '../types.ts';
import { AddPolicy } from './add-policy.tsx';
import { DryRunSheet } from './dry-run-sheet.tsx';
import { PoliciesYaml } from './policies-yaml.tsx';
import { policySentence } from './policy-sentence.ts';
import { PolicySheet } from './policy-sheet.tsx';
import { PurgeCache } from './purge-cache.tsx';
import { type PolicyForm, usePolicyForms, useSavePolicies } from './use-policies.ts';

/** The policies in force on a version: read as sentences, added and changed by forms, or all at once as YAML. */
export function PoliciesSection({ api, version, editable }: { api: Api; version: Version; editable: boolean }) {
  const forms = usePolicyForms();
  const { can } = useShell();
  const [view, setView] = useState<'list' | 'yaml'>('list');
  const [trying, setTrying] = useState(false);
  const [editing, setEditing] = useState<PolicyForm | null>(null);
  const [removing, setRemoving] = useState<PolicyForm | null>(null);
  if (!version.definition) return null;
  const policies: Readonly<Record<string, unknown>> = version.definition.policies ?? {};
  const held = forms?.filter(({ kind }) => policies[kind] !== undefined) ?? [];
  const fitting = forms?.filter((form) => form.apiKinds.includes(api.kind)) ?? [];
  const served = version.state === 'published' || version.state === 'deprecated';
  const overriding = (kind: string): number =>
    version.definition?.kind === 'rest'
      ? version.definition.routes.filter(({ policies: own }) => own && kind in own).length
      : 0;
  return (
    <Section
      id="policies"
      title="Policies"
      description="What every call has to pass, or gets on its way. Each change is a revision in the history below."
      actions={
        <>
          <Segmented
            label="Show policies as"
            segments={[
              { value: 'list', label: 'Policies' },
              { value: 'yaml', label: 'YAML' },
            ]}
            value={view}
            onChange={setView}
          />
          {served && (
            <Button size="sm" icon={<Route className="size-3.5" />} onClick={() => setTrying(true)}>
              Dry run
            </Button>
          )}
          {editable && forms && (
            <AddPolicy forms={fitting} held={(kind) => policies[kind] !== undefined} onChoose={setEditing} />
          )}
        </>
      }
    >
      {view === 'yaml' ? (
        <PoliciesYaml version={version} editable={editable} />
      ) : !forms ? (
        <SkeletonRows rows={2} />
      ) : held.length === 0 ? (
        <p className="text-muted text-sm">No policy yet: whoever holds a subscription may call, within the plan.</p>
      ) : (
        <ul className="flex flex-col divide-y rounded-md border bg-surface">
          {held.map((form) => (
            <PolicyRow
              key={form.kind}
              form={form}
              sentence={policySentence(form.kind, policies[form.kind])}
              overriding={overriding(form.kind)}
              editable={editable}
              extra={
                form.kind === 'cache' && served && can('apis.write') ? <PurgeCache version={version} /> : undefined
              }
              onEdit={() => setEditing(form)}
              onRemove={() => setRemoving(form)}
            />
          ))}
        </ul>
      )}
      {trying && <DryRunSheet api={api} version={version} onClose={() => setTrying(false)} />}
      {editing?.kind === 'modelRouting' && (
        <RoutingSheet api={api} version={version} form={editing} onClose={() => setEditing(null)} />
      )}
      {editing && editing.kind !== 'modelRouting' && (
        <PolicySheet version={version} form={editing} onClose={() => setEditing(null)} />
      )}
      {removing && <RemoveDialog version={version} form={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

function PolicyRow({
  form,
  sentence,
  overriding,
  editable,
  extra,
  onEdit,
  onRemove,
}: {
  form: PolicyForm;
  sentence: string;
  overriding: number;
  editable: boolean;
  /** What else may be done with it. */
  extra: ReactNode;
  onEdit: () => void;
  onRemove: () => void;
}) {
  return (
    <li className="flex items-start justify-between gap-3 px-4 py-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="font-medium text-sm">{form.title}</h3>
          {overriding > 0 && <Badge>{overriding === 1 ? 'Other on 1 route' : `Other on ${overriding} routes`}</Badge>}
        </div>
        <p className="break-words text-muted text-sm">{sentence}</p>
      </div>
      <span className="flex shrink-0 gap-1">
        {extra}
        {editable && (
          <>
            <IconButton label={`Edit ${form.title}`} size="sm" onClick={onEdit}>
              <Pencil />
            </IconButton>
            <IconButton label={`Remove ${form.title}`} size="sm" onClick={onRemove}>
              <Trash2 />
            </IconButton>
          </>
        )}
      </span>
    </li>
  );
}

function RemoveDialog({ version, form, onClose }: { version: Version; form: PolicyForm; onClose: () => void }) {
  const save = useSavePolicies(version, onClose);
  const { [form.kind]: held, ...rest }: Readonly<Record<string, unknown>> = version.definition?.policies ?? {};
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${form.title}?`}
      consequence={
        <>
          <p>
            This no longer holds for {version.api} {version.version}: “{policySentence(form.kind, held)}”
          </p>
          <p className="mt-2">
            {version.state === 'draft' ? 'Nobody calls it yet.' : 'Calls go without it within a second.'} Routes with a
            setting of their own keep it. The history brings it back.
          </p>
        </>
      }
      confirmLabel="Remove policy"
      busy={save.isPending}
      error={faultOf(save.error)?.message}
      onConfirm={() =>
        save.mutate({
          api: version.api,
          version: version.version,
          policies: rest,
          note: `Remove policy: ${form.title}`,
        })
      }
    />
  );
}
