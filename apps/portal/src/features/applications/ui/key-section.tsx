'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { Ban, EllipsisVertical, KeyRound, Pencil, Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application, Key } from './application-types.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { EditKeyDialog } from './edit-key-dialog.tsx';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';
import { ScopeList } from './scope-list.tsx';

type Act = 'edit' | 'rotate' | 'revoke';

/** The application's keys, live ones first; ended ones fold away. */
export function KeySection({ application, mayMakeKeys }: { application: Application; mayMakeKeys: boolean }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.applications.keys.list.queryOptions({ application: application.slug }));
  const [creating, setCreating] = useState(false);
  const [act, setAct] = useState<{ on: Key; what: Act } | null>(null);
  const done = () => setAct(null);
  const fault = faultOf(error);
  const live = data?.items.filter((key) => key.state !== 'revoked') ?? [];
  const revoked = data?.items.filter((key) => key.state === 'revoked') ?? [];
  const create = mayMakeKeys && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setCreating(true)}>
      New key
    </Button>
  );
  const onAct = mayMakeKeys ? (on: Key, what: Act) => setAct({ on, what }) : null;
  return (
    <Section
      title="API keys"
      description="Sent with every call. A key opens every API this application is subscribed to."
      actions={live.length > 0 ? create : undefined}
    >
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : data === undefined ? (
        <SkeletonRows rows={2} />
      ) : live.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No key yet" action={create}>
          Make one for each place that runs this application, so that each can be rotated and revoked on its own.
        </EmptyState>
      ) : (
        <ul aria-label="Keys" className="flex flex-col gap-2">
          {live.map((key) => (
            <li key={key.id}>
              <KeyCard apiKey={key} onAct={onAct} />
            </li>
          ))}
        </ul>
      )}
      {revoked.length > 0 && (
        <details className="text-sm">
          <summary className="text-muted">
            {revoked.length} revoked {revoked.length === 1 ? 'key' : 'keys'}
          </summary>
          <ul aria-label="Revoked keys" className="mt-2 flex flex-col gap-2">
            {revoked.map((key) => (
              <li key={key.id}>
                <KeyCard apiKey={key} onAct={null} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {creating && <CreateKeyDialog application={application} onClose={() => setCreating(false)} />}
      {act?.what === 'edit' && <EditKeyDialog apiKey={act.on} onClose={done} />}
      {act?.what === 'rotate' && <RotateKeyDialog apiKey={act.on} onClose={done} />}
      {act?.what === 'revoke' && <RevokeKeyDialog apiKey={act.on} onClose={done} />}
    </Section>
  );
}

function KeyCard({ apiKey, onAct }: { apiKey: Key; onAct: ((on: Key, what: Act) => void) | null }) {
  const shown = apiKey.secrets.filter((secret) => secret.state !== 'ended');
  return (
    <Card className="flex items-start gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 className="min-w-0 break-words font-medium text-sm">{apiKey.name}</h3>
          <StateBadge state={apiKey.state} />
          {apiKey.expiresAt && apiKey.state === 'active' && (
            <span className="text-faint text-xs">
              expires <RelativeTime at={apiKey.expiresAt} />
            </span>
          )}
        </div>
        {shown.map((secret) => (
          <p key={secret.id} className="flex flex-wrap items-center gap-x-2 text-xs">
            <code className="font-mono text-muted">{secret.masked}</code>
            {secret.state === 'grace' && (
              <span className="text-warning-text">
                replaced; accepted until <RelativeTime at={secret.expiresAt} />
              </span>
            )}
          </p>
        ))}
        <ScopeList scopes={apiKey.scopes} />
        <p className="text-faint text-xs">
          last used <RelativeTime at={apiKey.lastUsedAt} /> · made <RelativeTime at={apiKey.createdAt} />
          {apiKey.createdBy && ` by ${apiKey.createdBy}`}
          {apiKey.revokedAt && (
            <>
              {' '}
              · revoked <RelativeTime at={apiKey.revokedAt} />
            </>
          )}
        </p>
      </div>
      {onAct && (
        <Menu
          trigger={
            <IconButton size="sm" label={`Act on ${apiKey.name}`}>
              <EllipsisVertical />
            </IconButton>
          }
        >
          {apiKey.state === 'active' && (
            <MenuItem icon={<RefreshCw aria-hidden />} onSelect={() => onAct(apiKey, 'rotate')}>
              Rotate…
            </MenuItem>
          )}
          <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onAct(apiKey, 'edit')}>
            Edit name, expiry, scopes
          </MenuItem>
          <MenuItem danger icon={<Ban aria-hidden />} onSelect={() => onAct(apiKey, 'revoke')}>
            Revoke…
          </MenuItem>
        </Menu>
      )}
    </Card>
  );
}
