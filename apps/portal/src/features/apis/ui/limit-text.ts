const WINDOWS: Readonly<Record<number, string>> = {
  1: 'a second',
  60: 'a minute',
  3600: 'an hour',
  86_400: 'a day',
  604_800: 'a week',
};

/** `600 requests a minute`. */
export function limitText({ requests, windowSeconds }: { requests: number; windowSeconds: number }): string {
  const count = new Intl.NumberFormat('en').format(requests);
  const window =
    WINDOWS[windowSeconds] ??
    (windowSeconds % 86_400 === 0 ? `in ${windowSeconds / 86_400} days` : `in ${windowSeconds} seconds`);
  return `${count} ${requests === 1 ? 'request' : 'requests'} ${window}`;
}
