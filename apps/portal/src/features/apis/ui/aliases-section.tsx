'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Notice, Section } from '@parley/ui/page';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowRightLeft, EllipsisVertical, Plus, Trash2, Undo2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { Api, Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

type Alias = RouterOutputs['apis']['aliases']['items'][number];

/** Further names of the API's versions: made, moved to another version in one press, and back. */
export function AliasesSection({ api, versions }: { api: Api; versions: readonly Version[] }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefresh();
  const aliases = useQuery(trpc.apis.aliases.queryOptions({ api: api.slug }));
  const [moving, setMoving] = useState<Alias | 'new' | null>(null);
  const back = useMutation(trpc.apis.moveAliasBack.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(trpc.apis.removeAlias.mutationOptions({ onSuccess: refresh }));
  const open = versions.filter(({ state }) => state === 'published' || state === 'deprecated');
  const items = aliases.data?.items ?? [];
  const fault = faultOf(aliases.error ?? back.error ?? remove.error);
  const mayWrite = can('apis.write');
  if (items.length === 0 && open.length === 0) return null;
  return (
    <Section
      title="Aliases"
      description="Further addresses, like latest, that lead to one of the versions. Moving one moves its callers within a second."
      actions={
        mayWrite &&
        open.length > 0 && (
          <Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => setMoving('new')}>
            New alias
          </Button>
        )
      }
    >
      {fault && <Notice tone="danger" title={fault.message} />}
      {items.length > 0 && (
        <ul aria-label="Aliases" className="flex flex-col gap-2">
          {items.map((alias) => (
            <li key={alias.alias}>
              <Card className="flex items-start gap-3 px-4 py-3">
                <div className="flex min-w-0 flex-1 flex-col gap-1">
                  <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
                    <span className="font-medium font-mono">{alias.alias}</span>
                    <span className="text-muted">leads to</span>
                    <span className="font-mono">{alias.version}</span>
                    {alias.state !== 'published' && <StateBadge state={alias.state} />}
                  </p>
                  <p className="break-all font-mono text-faint text-xs">{alias.url}</p>
                  <p className="text-faint text-xs">
                    {alias.previous ? `moved from ${alias.previous} ` : 'made '}
                    <RelativeTime at={alias.movedAt} />
                  </p>
                </div>
                {mayWrite && (
                  <Menu
                    trigger={
                      <IconButton size="sm" label={`Act on ${alias.alias}`}>
                        <EllipsisVertical />
                      </IconButton>
                    }
                  >
                    <MenuItem icon={<ArrowRightLeft aria-hidden />} onSelect={() => setMoving(alias)}>
                      Move to another version…
                    </MenuItem>
                    {alias.previous && (
                      <MenuItem
                        icon={<Undo2 aria-hidden />}
                        onSelect={() => back.mutate({ api: api.slug, alias: alias.alias })}
                      >
                        Move back to {alias.previous}
                      </MenuItem>
                    )}
                    <MenuItem
                      danger
                      icon={<Trash2 aria-hidden />}
                      onSelect={() => remove.mutate({ api: api.slug, alias: alias.alias })}
                    >
                      Remove
                    </MenuItem>
                  </Menu>
                )}
              </Card>
            </li>
          ))}
        </ul>
      )}
      {moving && (
        <AliasDialog
          api={api}
          alias={moving === 'new' ? null : moving}
          versions={open}
          onClose={() => setMoving(null)}
        />
      )}
    </Section>
  );
}

interface DialogProps {
  readonly api: Api;
  /** `null` makes a new one. */
  readonly alias: Alias | null;
  readonly versions: readonly Version[];
  readonly onClose: () => void;
}

function AliasDialog({ api, alias, versions, onClose }: DialogProps) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const formId = useId();
  const [name, setName] = useState(alias?.alias ?? '');
  const others = versions.filter(({ version }) => version !== alias?.version);
  const [version, setVersion] = useState(others[0]?.version ?? '');
  const set = useMutation(trpc.apis.setAlias.mutationOptions());
  const fault = faultOf(set.error);
  const submit = async (): Promise<void> => {
    await set.mutateAsync({ api: api.slug, alias: name, version });
    await refresh();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={alias ? `Move “${alias.alias}”` : 'New alias'}
      description={alias ? `It leads to ${alias.version} now. You can move it back in one press.` : undefined}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" disabled={version === ''} busy={set.isPending}>
            {alias ? 'Move' : 'Make alias'}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['alias', 'version']} onSubmit={submit}>
        {alias === null && (
          <Field label="Alias" hint="Stands in the address in place of the version." error={issueOf(fault, 'alias')}>
            <Input
              className="font-mono"
              value={name}
              placeholder="latest"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <Field label="Leads to" error={issueOf(fault, 'version')}>
          <Select
            value={version}
            onChange={(event) => setVersion(event.target.value)}
            options={others.map((one) => ({ value: one.version, label: one.version }))}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
