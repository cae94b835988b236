import { isIP } from 'node:net';
import { targetUrl, type UpstreamOptions } from '@parley/contracts/upstream-options';
import { wrongField } from '../conflict.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';

/** Options as they were stored: they were judged when they were written, and are judged again by the gateway. */
export function storedOptions(column: unknown): UpstreamOptions {
  return column as UpstreamOptions;
}

/**
 * Judges the addresses within options as the base URL is judged. Throws `Fault('invalid_input')` beside the field.
 */
export function checkOptions(options: UpstreamOptions, baseUrl: string, allowedPrivate: readonly string[]): void {
  const { discovery } = options;
  if (discovery?.kind === 'consul' || discovery?.kind === 'kubernetes') {
    checkBaseUrl(discovery.url, allowedPrivate, 'options.discovery.url');
  }
  if (discovery?.kind === 'dns' && isIP(new URL(baseUrl).hostname.replace(/^\[|\]$/g, '')) !== 0) {
    throw wrongField('options.discovery', 'The base URL is an address already. Give it the name to look up.');
  }
  options.targets?.forEach((target, index) => {
    const path = `options.targets.${index}.url`;
    const url = targetUrl(target.url, baseUrl);
    if (url === null) throw wrongField(path, 'Write an address that starts with https://, or host:port.');
    checkBaseUrl(url.href, allowedPrivate, path);
  });
}
