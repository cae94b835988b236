import { Stat } from '@parley/ui/card';
import { Count, RelativeTime } from '@parley/ui/format';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';

type Health = RouterOutputs['system']['health'];

/** Four answers: is anybody working, do changes get through, is usage current, did anything fail. */
export function HealthTiles({ health }: { health: Health }) {
  const { workers, changes, usage, failedJobs } = health;
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label="Workers"
        value={workers.alive > 0 ? <Good>{`${workers.alive} at work`}</Good> : <Bad>None at work</Bad>}
        note={
          workers.alive > 0 ? (
            <>
              last seen <RelativeTime at={workers.lastSeenAt} />
            </>
          ) : (
            'Changes and usage wait until one is started; calls go on.'
          )
        }
      />
      <Stat
        label="Changes on their way to the gateways"
        value={changes.waiting === 0 ? <Good>None waiting</Good> : <Count value={changes.waiting} />}
        note={
          changes.oldestAt ? (
            <>
              the oldest since <RelativeTime at={changes.oldestAt} />
            </>
          ) : (
            'Every saved change has been handed over'
          )
        }
      />
      <Stat
        label="Usage"
        value={
          usage.hoursWaiting === 0 ? (
            <Good>Up to date</Good>
          ) : (
            `${usage.hoursWaiting} ${usage.hoursWaiting === 1 ? 'hour' : 'hours'} to add up`
          )
        }
        note={
          usage.lastCallStoredAt === null ? (
            'No call yet'
          ) : (
            <>
              last call recorded <RelativeTime at={usage.lastCallStoredAt} />, added up{' '}
              <RelativeTime at={usage.lastRollupAt} fallback="not yet" />
            </>
          )
        }
      />
      <Stat
        label="Failed jobs"
        value={failedJobs === 0 ? <Good>None</Good> : <Bad>{failedJobs}</Bad>}
        note={failedJobs === 0 ? 'Nothing was set aside' : 'Listed below; none is done until it is retried'}
      />
    </div>
  );
}

function Good({ children }: { children: ReactNode }) {
  return <span className="text-success-text">{children}</span>;
}

function Bad({ children }: { children: ReactNode }) {
  return <span className="text-danger-text">{children}</span>;
}
