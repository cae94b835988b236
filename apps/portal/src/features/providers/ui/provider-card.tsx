'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Menu, MenuItem, MenuSeparator } from '@parley/ui/menu';
import { useMutation } from '@tanstack/react-query';
import { KeyRound, LibraryBig, MoreHorizontal, Pencil, Trash2, Zap } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { EditProviderSheet } from './edit-provider-sheet.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { KeyList } from './key-list.tsx';
import type { ModelDraft } from './model-sheet.tsx';
import { formatLabel } from './presets.ts';
import { TestResult } from './test-result.tsx';
import { useRefresh } from './use-refresh.ts';

export type Provider = RouterOutputs['providers']['list']['items'][number];
type Opened = 'edit' | 'key' | 'delete' | null;

/** A provider: where it is, its keys masked, a test of it, and what may be done with it. */
export function ProviderCard({
  provider,
  mayWrite,
  onAddModel,
  onCatalogue,
}: {
  provider: Provider;
  mayWrite: boolean;
  onAddModel: (draft: ModelDraft) => void;
  onCatalogue: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [opened, setOpened] = useState<Opened>(null);
  const [leaving, setLeaving] = useState<Provider['keys'][number] | null>(null);
  const test = useMutation(trpc.providers.test.mutationOptions());
  const remove = useMutation(trpc.providers.delete.mutationOptions({ onSuccess: refresh }));
  const removeKey = useMutation(
    trpc.providers.removeKey.mutationOptions({
      onSuccess: () => {
        setLeaving(null);
        return refresh();
      },
    }),
  );
  const close = (): void => setOpened(null);
  return (
    <Card className="flex h-full flex-col gap-3 p-4">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="truncate font-semibold text-sm">{provider.name}</h3>
          <p className="text-faint text-xs">{formatLabel(provider.format)}</p>
          <p className="break-all font-mono text-muted text-xs">{provider.baseUrl}</p>
        </div>
        {mayWrite && (
          <Menu
            trigger={
              <IconButton label={`More for ${provider.name}`} size="sm">
                <MoreHorizontal />
              </IconButton>
            }
          >
            <MenuItem icon={<Pencil />} onSelect={() => setOpened('edit')}>
              Edit
            </MenuItem>
            <MenuItem icon={<KeyRound />} onSelect={() => setOpened('key')}>
              Add a key
            </MenuItem>
            <MenuSeparator />
            <MenuItem danger icon={<Trash2 />} onSelect={() => setOpened('delete')}>
              Delete
            </MenuItem>
          </Menu>
        )}
      </div>
      {provider.keys.length > 0 ? (
        <KeyList provider={provider} mayWrite={mayWrite} onRemove={setLeaving} />
      ) : (
        <p className="text-faint text-sm">No key. Fine for servers that ask for none.</p>
      )}
      {test.data && (
        <TestResult
          outcome={test.data}
          onAdd={mayWrite ? (providerModel) => onAddModel({ provider: provider.slug, providerModel }) : null}
        />
      )}
      {test.error && <p className="text-danger-text text-sm">{faultOf(test.error)?.message}</p>}
      <div className="mt-auto flex items-center justify-between gap-2 pt-1">
        <span className="text-faint text-xs">
          {provider.modelCount === 1 ? '1 model' : `${provider.modelCount} models`}
        </span>
        {mayWrite && (
          <span className="flex gap-2">
            {provider.preset !== null && (
              <Button size="sm" icon={<LibraryBig className="size-3.5" />} onClick={onCatalogue}>
                Models
              </Button>
            )}
            <Button
              size="sm"
              icon={<Zap className="size-3.5" />}
              busy={test.isPending}
              onClick={() => test.mutate({ provider: provider.slug })}
            >
              Test
            </Button>
          </span>
        )}
      </div>
      {opened === 'edit' && <EditProviderSheet provider={provider} onClose={close} />}
      {opened === 'key' && <KeyDialog provider={provider} onClose={close} />}
      <ConfirmDialog
        open={opened === 'delete'}
        onOpenChange={close}
        title={`Delete ${provider.name}?`}
        consequence={
          provider.modelCount > 0
            ? 'Models use this provider, so it cannot be deleted yet. Move them to another provider first.'
            : 'Its keys are deleted with it. Keys at the provider itself stay valid until you revoke them there.'
        }
        confirmLabel="Delete provider"
        busy={remove.isPending}
        error={faultOf(remove.error)?.message}
        onConfirm={() => remove.mutate({ provider: provider.slug })}
      />
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={() => setLeaving(null)}
        title={`Remove the key “${leaving?.label ?? ''}”?`}
        consequence={
          provider.keys.length > 1
            ? 'No new call uses it. The provider’s other keys take over.'
            : 'It is the only key: calls to this provider’s models will be refused by the provider until you add another.'
        }
        confirmLabel="Remove key"
        busy={removeKey.isPending}
        error={faultOf(removeKey.error)?.message}
        onConfirm={() => leaving && removeKey.mutate({ provider: provider.slug, key: leaving.id })}
      />
    </Card>
  );
}
