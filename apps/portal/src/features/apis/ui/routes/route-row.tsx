'use client';

import { Badge } from '@parley/ui/badge';
import { useAwake } from '@parley/ui/use-awake';
import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { METHOD_WORDS, type RouteDraft, routeName } from './route-draft.ts';
import { RouteForm, type RouteFormProps } from './route-form.tsx';

/** A route on one line; pressed, it opens below for editing. */
export function RouteRow({
  open,
  onOpen,
  ...form
}: RouteFormProps & { open: boolean; onOpen: (open: boolean) => void }) {
  const { route, at, fault, upstreams } = form;
  const awake = useAwake();
  const wrong = fault?.issues.some(({ path }) => path.startsWith(`definition.routes.${at}.`));
  const panel = `route-${route.key}`;
  return (
    <li>
      <button
        type="button"
        id={`${panel}-row`}
        disabled={!awake}
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={() => onOpen(!open)}
        className={clsx(
          'grid w-full grid-cols-[4rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-3 py-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 md:grid-cols-[4rem_minmax(0,3fr)_minmax(0,3fr)_minmax(0,2fr)_auto]',
          open && 'bg-hover',
        )}
      >
        <span className="font-medium font-mono text-muted text-xs">{METHOD_WORDS[route.method]}</span>
        <span className={clsx('min-w-0 font-mono text-xs', open ? 'break-all' : 'truncate')}>{route.path}</span>
        <span className="col-start-2 row-start-2 min-w-0 truncate text-muted text-xs md:col-start-auto md:row-start-auto md:text-sm">
          {route.summary}
        </span>
        <span className="hidden min-w-0 truncate text-faint text-xs md:block">
          {upstreams.find(({ value }) => value === route.upstream)?.label ?? (route.upstream || 'no upstream')}
        </span>
        <span className="col-start-3 row-start-1 flex items-center gap-2 md:col-start-auto md:row-start-auto">
          {wrong && <Badge tone="danger">Look here</Badge>}
          <RouteBadges route={route} />
          <ChevronDown
            aria-hidden
            className={clsx('size-4 shrink-0 text-faint transition-transform duration-100', open && 'rotate-180')}
          />
        </span>
      </button>
      {open && (
        <div id={panel} role="group" aria-label={routeName(route)} className="border-t">
          <RouteForm {...form} />
        </div>
      )}
    </li>
  );
}

/** What sets a route apart: conditions, and policies that are not the version's. */
function RouteBadges({ route: { match, when, policies = {} } }: { route: RouteDraft }) {
  const set = Object.values(policies);
  const own = set.filter((value) => value != null).length;
  const off = set.filter((value) => value === null).length;
  return (
    <>
      {(Boolean(match?.length) || Boolean(when)) && <Badge>if …</Badge>}
      {own > 0 && <Badge tone="accent">{own === 1 ? '1 policy' : `${own} policies`}</Badge>}
      {off > 0 && <Badge>{off} off</Badge>}
    </>
  );
}
