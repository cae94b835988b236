/**
 * True when a state-changing request comes from our own pages. Browsers say so in Sec-Fetch-Site (Fetch Metadata) and
 * Origin (RFC 6454); a request with neither is not a browser's with a person's cookies, and is refused.
 */
export function isSameOrigin(headers: Headers, portalUrl: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = headers.get('origin');
  if (origin !== null) return origin === new URL(portalUrl).origin || sameHost(origin, headers.get('host'));
  return site === 'same-origin';
}

/** The page was opened under another name of this very server, such as localhost for 127.0.0.1. */
function sameHost(origin: string, host: string | null): boolean {
  return host !== null && URL.canParse(origin) && new URL(origin).host === host;
}
