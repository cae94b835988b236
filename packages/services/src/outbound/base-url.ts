import { isIP } from 'node:net';
import { wrongField } from '../conflict.ts';
import { addressRule } from './addresses.ts';

const PRIVATE =
  'This address is private or reserved, and Parley calls only public ones. If it is meant, the operator can allow its range (PARLEY_ALLOWED_PRIVATE).';

/**
 * Checks and tidies the base URL of a provider or upstream: http(s), no credentials, query or fragment, no trailing
 * slash; a literal address (or `localhost`) must be public or allowed by the operator. Names are judged where they are
 * called, by the addresses they resolve to. Throws `Fault('invalid_input')` beside `path`.
 */
export function checkBaseUrl(text: string, allowedPrivate: readonly string[], path = 'baseUrl'): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw wrongField(path, 'Write a full address that starts with https:// (or http://).');
  }
  if (url.username !== '' || url.password !== '') {
    throw wrongField(path, 'Leave user name and password out of the address; add the credential as a key instead.');
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    throw wrongField(path, 'Leave out everything from “?” or “#” on.');
  }
  const allowed = addressRule(allowedPrivate);
  if (!literalAddresses(url.hostname).every(allowed)) throw wrongField(path, PRIVATE);
  return url.toString().replace(/\/+$/, '');
}

/** Addresses that a host stands for without asking a name server. `localhost` counts as the loopback address. */
function literalAddresses(hostname: string): string[] {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
  return isIP(host) ? [host] : [];
}
