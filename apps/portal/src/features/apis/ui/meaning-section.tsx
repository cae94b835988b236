'use client';

import { Count } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { Version } from './types.ts';

type Band = RouterOutputs['apis']['cacheByMeaning']['bands'][number];

const EVERY_MS = 10_000;
const CELL = 'whitespace-nowrap px-3 py-2.5 tabular-nums';

/** How well the model cache tells what questions mean: what a trial found, and what was answered. */
export function MeaningSection({ version }: { version: Version }) {
  const trpc = useTRPC();
  const mayRead = useShell().can('usage.read');
  const { data, error } = useQuery({
    ...trpc.apis.cacheByMeaning.queryOptions({ api: version.api, version: version.version }),
    enabled: mayRead,
    refetchInterval: EVERY_MS,
  });
  const fault = faultOf(error);
  const found = data?.bands.filter(({ served, trials }) => served + trials > 0) ?? [];
  return (
    <Section
      id="same-meaning"
      title="Questions of the same meaning"
      description={`Calls of the last seven days that a kept answer fitted, by how close their question was${data?.cut ? '; the newest 50,000' : ''}.`}
    >
      {fault && <Notice tone="danger" title={fault.message} />}
      {!mayRead ? (
        <p className="text-muted text-sm">Your role does not see usage.</p>
      ) : !data ? (
        <SkeletonRows rows={2} />
      ) : found.length === 0 ? (
        <p className="text-muted text-sm">None yet. Questions show here when one is asked again in other words.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div tabIndex={0} role="region" aria-label="Found by closeness" className="overflow-x-auto rounded-md border">
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b text-left text-faint text-xs">
                {['Closeness', 'Answered', 'On trial', 'Answers alike', 'Alike on average'].map((name) => (
                  <th key={name} scope="col" className="whitespace-nowrap px-3 py-2 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y">
              {found.map((band) => (
                <BandRow key={band.from} band={band} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function BandRow({ band: { from, served, trials, compared, alike, agreement } }: { band: Band }) {
  return (
    <tr>
      <th scope="row" className="px-3 py-2.5 text-left font-normal tabular-nums">
        {from === 0 ? 'below' : `${Math.round(from * 100)} % or more`}
      </th>
      <td className={CELL}>
        <Count value={served} />
      </td>
      <td className={CELL}>
        <Count value={trials} />
      </td>
      <td className={CELL}>{compared === 0 ? '–' : `${Math.round((100 * alike) / compared)} %`}</td>
      <td className={CELL}>{agreement === null ? '–' : `${Math.round(100 * agreement)} %`}</td>
    </tr>
  );
}
