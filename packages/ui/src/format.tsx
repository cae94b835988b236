'use client';

import { formatAmount } from '@parley/kernel/money';
import { clsx } from 'clsx';
import { useEffect, useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import { countText, durationText, moneyText, relativeText } from './format-text.ts';
import { Tooltip } from './tooltip.tsx';

const THIN = '\u2009';

function Figure({ text, exact }: { text: string; exact: string }) {
  if (text === exact) return <span className="tabular-nums">{text}</span>;
  return (
    <Tooltip text={exact}>
      <span className="tabular-nums">{text}</span>
    </Tooltip>
  );
}

/** An amount in nano-units (decimal string or bigint), with as many digits as small amounts need; `exact`: with all. */
export function Money({
  nano,
  currency = 'USD',
  exact = false,
}: {
  nano: string | bigint;
  currency?: string;
  exact?: boolean;
}) {
  const amount = BigInt(nano);
  if (exact) return <span className="tabular-nums">{moneyText(amount, currency, true)}</span>;
  return <Figure text={moneyText(amount, currency)} exact={`${formatAmount(amount)} ${currency}`} />;
}

/** A count, shortened from ten thousand on; the exact one on hover. `unit` is short: `req`, `tok`. */
export function Count({ value, unit }: { value: number; unit?: string }) {
  const suffix = unit ? `${THIN}${unit}` : '';
  return <Figure text={countText(value) + suffix} exact={new Intl.NumberFormat('en').format(value) + suffix} />;
}

/** A duration given in milliseconds. */
export function Duration({ ms }: { ms: number | null }) {
  if (ms === null) return <span className="text-faint">–</span>;
  return <span className="tabular-nums">{durationText(ms)}</span>;
}

/** A size given in bytes. */
export function Bytes({ value }: { value: number }) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let at = 0;
  while (size >= 1024 && at < units.length - 1) {
    size /= 1024;
    at += 1;
  }
  const text = `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)}${THIN}${units[at]}`;
  return <Figure text={text} exact={at === 0 ? text : `${new Intl.NumberFormat('en').format(value)}${THIN}B`} />;
}

/** How long ago (or ahead) a time is; on hover the time in the reader's zone and in UTC. */
export function RelativeTime({ at, fallback = 'never' }: { at: string | null; fallback?: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (at === null) return <span className="text-faint">{fallback}</span>;
  const date = new Date(at);
  return (
    <Tooltip
      text={
        <span className="tabular-nums" suppressHydrationWarning>
          {date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
          <br />
          {date.toISOString().replace('T', ' ').slice(0, 19)} UTC
        </span>
      }
    >
      <time dateTime={at} suppressHydrationWarning className="whitespace-nowrap">
        {relativeText(date.getTime(), now)}
      </time>
    </Tooltip>
  );
}

/** The end of an id, which is what tells UUIDv7s apart, with the whole on hover and to copy. */
export function ShortId({ id, prefix = '' }: { id: string; prefix?: string }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      <Tooltip text={<span className="font-mono">{id}</span>}>
        <span className={clsx('font-mono text-muted text-xs')}>
          {prefix}
          {id.slice(-8)}
        </span>
      </Tooltip>
      <CopyButton text={id} label="Copy the whole id" />
    </span>
  );
}
