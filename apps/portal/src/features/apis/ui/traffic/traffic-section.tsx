'use client';

import { Button } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw, Undo2 } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from '../types.ts';
import { allTo, hasAll, restarted, type Split, splitAt } from './split-acts.ts';
import { useSaveSplit } from './use-save-split.ts';
import { type Place, VariantList } from './variant-list.tsx';

const EVERY_MS = 4000;

/** Whether a version or one of its routes spreads calls over variants. */
export function isSplit({ definition }: Version): boolean {
  if (definition?.kind !== 'rest') return false;
  const all = [definition.policies?.split, ...definition.routes.map(({ policies }) => policies?.split)];
  return all.some((split) => (split?.variants.length ?? 0) > 0);
}

/** The variants of a version's traffic beside each other while it is called, and one-press acts on them. */
export function TrafficSection({ version, editable }: { version: Version; editable: boolean }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const save = useSaveSplit(version);
  const comparison = useQuery({
    ...trpc.apis.variants.queryOptions({ api: version.api, version: version.version }),
    enabled: can('usage.read'),
    // The browser stops asking while its tab is hidden.
    refetchInterval: EVERY_MS,
  });
  const fault = faultOf(comparison.error ?? save.error);
  const { data } = comparison;
  const mayBack = editable && can('apis.publish') && version.revision !== null && version.revision > 1;
  return (
    <Section
      id="traffic"
      title="Traffic"
      description={
        data?.since ? (
          <>
            Calls since <RelativeTime at={data.from} />, told anew every few seconds. Split like this since{' '}
            <RelativeTime at={data.since.at} />, by revision {data.since.revision}.
          </>
        ) : (
          'How the variants do beside each other.'
        )
      }
      actions={
        mayBack && (
          <Button
            size="sm"
            icon={<Undo2 className="size-3.5" />}
            busy={save.busy}
            onClick={() => save.back((version.revision ?? 1) - 1)}
          >
            Back to revision {(version.revision ?? 1) - 1}
          </Button>
        )
      }
    >
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {!can('usage.read') ? (
        <p className="text-muted text-sm">Your role does not see usage.</p>
      ) : !data ? (
        <SkeletonRows rows={2} />
      ) : (
        data.places.map((place) => (
          <PlaceView
            key={place.route?.at ?? 'version'}
            place={place}
            split={splitAt(version.definition, place.route?.at ?? null)}
            busy={save.busy}
            onSave={editable ? (split, note) => save.save(place.route?.at ?? null, split, note) : null}
          />
        ))
      )}
    </Section>
  );
}

function PlaceView({
  place,
  split,
  busy,
  onSave,
}: {
  place: Place;
  split: Split | undefined;
  busy: boolean;
  onSave: ((split: Split, note: string) => void) | null;
}) {
  const where = place.route ? ` on ${place.route.method} ${place.route.path}` : '';
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {place.route && (
        <h3 className="break-all font-mono text-muted text-xs">
          {place.route.method} {place.route.path}
        </h3>
      )}
      {place.canary && (
        <CanaryNotice
          canary={place.canary}
          busy={busy}
          onRestart={
            split && onSave
              ? () => onSave(restarted(split), `Restart the canary ${place.canary?.variant}${where}`)
              : null
          }
        />
      )}
      <VariantList
        place={place}
        acts={(name) => {
          if (!split || !onSave) return null;
          const has = hasAll(split, name);
          return {
            label: has ? 'Has all calls' : 'All calls here',
            onPress: has ? null : () => onSave(allTo(split, name), `All calls to ${name}${where}`),
            busy,
          };
        }}
      />
    </div>
  );
}

function CanaryNotice({
  canary: { variant, steps, everySeconds, attempt, takenBack },
  busy,
  onRestart,
}: {
  canary: NonNullable<Place['canary']>;
  busy: boolean;
  onRestart: (() => void) | null;
}) {
  const shares = steps.map((step) => `${step / 100} %`).join(', ');
  return (
    <Notice
      tone={takenBack ? 'danger' : 'info'}
      title={takenBack ? `The canary ${variant} was taken back` : `The canary ${variant} is on its way`}
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0">
          {takenBack ? (
            <>
              {takenBack.reason} That was <RelativeTime at={takenBack.at} />; it gets no calls since.
            </>
          ) : (
            `It gets ${shares} of the calls, a step every ${minutes(everySeconds)}, and is taken back when it does badly.`
          )}
          {attempt > 1 && ` This is attempt ${attempt}.`}
        </p>
        {onRestart && (
          <Button size="sm" icon={<RotateCcw className="size-3.5" />} busy={busy} onClick={onRestart}>
            {takenBack ? 'Try it again' : 'Restart it'}
          </Button>
        )}
      </div>
    </Notice>
  );
}

function minutes(seconds: number): string {
  if (seconds % 60 !== 0) return seconds === 1 ? 'second' : `${seconds} seconds`;
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
}
