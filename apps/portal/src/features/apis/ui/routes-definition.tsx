'use client';

import { Button } from '@parley/ui/button';
import { FilterInput } from '@parley/ui/filter-input';
import type { FormFault } from '@parley/ui/form';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { Pager } from '@parley/ui/pager';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultyRoutes, fitsFilter, newRoute, type RouteDraft } from './routes/route-draft.ts';
import { RouteRow } from './routes/route-row.tsx';

/** Routes on one page of the list, and how many are few enough to need no filter. */
const PAGE = 20;
const FEW = 8;

interface Props {
  readonly routes: readonly RouteDraft[];
  readonly onChange: (routes: RouteDraft[]) => void;
  /** Of the whole version. */
  readonly policies: Readonly<Record<string, unknown>>;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** The routes of a REST version, a line each: what is called, and which upstream answers it. */
export function RoutesDefinition({ routes, onChange, policies, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const upstreams = useQuery({ ...trpc.apis.upstreams.queryOptions({ limit: 200 }), enabled: can('upstreams.read') });
  const known = (upstreams.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const [filter, setFilter] = useState('');
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  const fitting = routes.map((route, at) => ({ route, at })).filter(({ route }) => fitsFilter(route, filter));
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
  const shown = Math.min(page, pages - 1);

  const show = (at: number, route: RouteDraft | undefined): void => {
    setFilter('');
    setPage(Math.floor(at / PAGE));
    setOpen(route?.key ?? null);
  };
  // What was refused is shown: its page, opened.
  const [told, setTold] = useState<FormFault | null>(null);
  if (fault !== told) {
    setTold(fault);
    const [first] = faultyRoutes(fault?.issues.map(({ path }) => path) ?? []);
    if (first !== undefined) show(first, routes[first]);
  }
  const [added, setAdded] = useState<number | null>(null);
  useEffect(() => {
    if (added === null) return;
    document.getElementById(`route-${added}-row`)?.scrollIntoView({ block: 'nearest' });
    document.getElementById(`route-${added}`)?.querySelector('select')?.focus();
  }, [added]);
  const add = (): void => {
    const route = newRoute(routes.at(-1)?.upstream || (known[0]?.value ?? ''));
    onChange([...routes, route]);
    show(routes.length, route);
    setAdded(route.key);
  };
  return (
    <div className="flex flex-col gap-3">
      {upstreams.data?.items.length === 0 && (
        <Notice tone="warning" title="There is no upstream yet">
          Routes lead to one. <TextLink href={href('upstreams')}>Add your service</TextLink> first, or import a document
          that names it.
        </Notice>
      )}
      {routes.length > FEW && (
        <FilterInput
          label="Filter routes"
          value={filter}
          onChange={(text) => {
            setFilter(text);
            setPage(0);
          }}
        />
      )}
      {routes.length === 0 ? (
        <p className="text-muted text-sm">No route yet. A route is a method and a path that callers use.</p>
      ) : fitting.length === 0 ? (
        <p className="text-muted text-sm">None of the {routes.length} routes fits the filter.</p>
      ) : (
        <ol aria-label="Routes" className="flex flex-col divide-y overflow-hidden rounded-md border bg-surface">
          {fitting.slice(shown * PAGE, (shown + 1) * PAGE).map(({ route, at }) => (
            <RouteRow
              key={route.key}
              open={open === route.key}
              onOpen={(opened) => setOpen(opened ? route.key : null)}
              at={at}
              route={route}
              policies={policies}
              upstreams={known}
              fault={fault}
              readOnly={readOnly}
              onChange={(part) => onChange(routes.map((one) => (one.key === route.key ? { ...one, ...part } : one)))}
              onRemove={() => onChange(routes.filter((one) => one.key !== route.key))}
            />
          ))}
        </ol>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        {!readOnly && (
          <Button size="sm" icon={<Plus className="size-3.5" />} onClick={add}>
            Add route
          </Button>
        )}
        <Pager label="Routes" of={fitting.length} size={PAGE} page={shown} onPage={setPage} />
      </div>
    </div>
  );
}
