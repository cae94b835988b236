'use client';

import { Badge } from '@parley/ui/badge';
import { Count, Duration, RelativeTime } from '@parley/ui/format';
import { moneyText } from '@parley/ui/format-text';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { Version } from './types.ts';

type Variant = RouterOutputs['apis']['experiment']['variants'][number];

const EVERY_MS = 5000;

/** The variants of an experiment beside each other while it is called. */
export function ExperimentSection({ version }: { version: Version }) {
  const trpc = useTRPC();
  const mayRead = useShell().can('usage.read');
  const results = useQuery({
    ...trpc.apis.experiment.queryOptions({ api: version.api, version: version.version }),
    enabled: mayRead,
    refetchInterval: EVERY_MS,
  });
  const fault = faultOf(results.error);
  const { data } = results;
  return (
    <Section
      id="experiment"
      title="Experiment"
      description={
        data?.since ? (
          <>
            Calls since <RelativeTime at={data.since} />, when it was last changed{data.cut && '; the newest 100,000'}.
          </>
        ) : (
          'How the variants do beside each other.'
        )
      }
    >
      {fault && <Notice tone="danger" title={fault.message} />}
      {!mayRead ? (
        <p className="text-muted text-sm">Your role does not see usage.</p>
      ) : !data ? (
        <SkeletonRows rows={2} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div tabIndex={0} role="region" aria-label="Results by variant" className="overflow-x-auto rounded-md border">
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b text-left text-faint text-xs">
                {[
                  'Variant',
                  'Calls',
                  'Failed',
                  'Cost per call',
                  'Median',
                  '95 %',
                  'First token',
                  'Schema',
                  'Feedback',
                ].map((name) => (
                  <th key={name} scope="col" className="whitespace-nowrap px-3 py-2 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y">
              {data.variants.map((variant) => (
                <VariantRow key={variant.name} variant={variant} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function VariantRow({ variant }: { variant: Variant }) {
  const { name, calls, failed, weight, fitted, repaired, unfit, feedback } = variant;
  const checked = fitted + repaired + unfit;
  const cell = 'whitespace-nowrap px-3 py-2.5 tabular-nums';
  return (
    <tr>
      <th scope="row" className="px-3 py-2.5 text-left font-normal">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{name}</span>
          <Badge>{weight / 100} %</Badge>
        </span>
        <span className="text-faint text-xs">{whatItIs(variant)}</span>
      </th>
      <td className={cell}>
        <Count value={calls} />
      </td>
      <td className={cell}>{calls === 0 ? '–' : `${((100 * failed) / calls).toFixed(1)} %`}</td>
      <td className={cell}>
        {calls === 0 || variant.currency === null
          ? '–'
          : moneyText(BigInt(variant.costNano) / BigInt(calls), variant.currency)}
      </td>
      <td className={cell}>{time(variant.p50Us)}</td>
      <td className={cell}>{time(variant.p95Us)}</td>
      <td className={cell}>{time(variant.firstTokenP50Us)}</td>
      <td className={cell}>
        {checked === 0
          ? '–'
          : `${share(fitted, checked)} at once, ${share(repaired, checked)} mended, ${share(unfit, checked)} not`}
      </td>
      <td className={cell}>
        {feedback.average === null ? '–' : `${Math.round(feedback.average * 100)} of 100 (${feedback.count})`}
      </td>
    </tr>
  );
}

const share = (part: number, of: number): string => `${Math.round((100 * part) / of)} %`;

function time(us: number | null) {
  return us === null ? '–' : <Duration ms={us / 1000} />;
}

function whatItIs({ promptVersion, label, model }: Variant): string {
  const version = promptVersion === null ? label : `version ${promptVersion}`;
  return [version, model].filter(Boolean).join(' with ') || 'as served';
}
