import { isIPv6 } from 'node:net';
import { charset, type Detector, runOf } from '../scan/detector.ts';

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d|\w)/;
const SAYS_IP = /\b(?:ip|ipv4|address|addr|host|client|server|remote|login|logged)\b[^a-z0-9]{0,4}$|\bfrom ip $/i;
const SAYS_VERSION =
  /(?:\bv|version|release|build|ver\.?|firmware|driver|section|chapter|clause|rev\.?|oid|§)\s*:?\s*$|[\d.]\.$/i;

/** Addresses that name no one: unspecified, loopback, link-local, private, documentation's masks, multicast and above. */
function isNobodys([a = 0, b = 0]: readonly number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 169 && b === 254) ||
    (a === 192 && b === 168) ||
    (a === 172 && b >= 16 && b < 32)
  );
}

/** Public IPv4 and IPv6 addresses. Versions such as 4.2.1.0 and addresses inside of networks are left alone. */
export const ipAddresses: Detector = {
  name: 'ip',
  starts: ['digit', 'letter'],
  reach: runOf(charset('0-9A-Fa-f:.'), 48),
  longest: 48,
  find: (piece, context) => {
    const match = V4.exec(piece);
    if (match) {
      const parts = match.slice(1).map(Number);
      const sound = match.slice(1).every((part) => Number(part) < 256 && (part.length === 1 || part[0] !== '0'));
      const before = context();
      if (!sound || isNobodys(parts) || SAYS_VERSION.test(before)) return undefined;
      const small = parts.every((part) => part < 25);
      if (small && !SAYS_IP.test(before)) return undefined;
      return { from: 0, to: match[0].length, rule: 'ip.v4', kind: 'ip', score: SAYS_IP.test(before) ? 0.95 : 0.8 };
    }
    return findV6(piece);
  },
};

function findV6(piece: string): ReturnType<Detector['find']> {
  const [text = ''] = /^[0-9A-Fa-f:]+(?:\.\d{1,3}){0,3}/.exec(piece) ?? [];
  const trimmed = text.replace(/:$/, '');
  const groups = trimmed.split(':').filter(Boolean);
  if (groups.length < 3 || !/\d/.test(trimmed) || !isIPv6(trimmed)) return undefined;
  if (/^(?:fe[89ab]|f[cd]|ff|0*:)/i.test(trimmed) || /^\w/.test(piece.slice(trimmed.length))) return undefined;
  return { from: 0, to: trimmed.length, rule: 'ip.v6', kind: 'ip', score: 0.9 };
}

const MAC =
  /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f:-])|^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])/i;

/** Hardware addresses: six pairs (IEEE 802), or three groups of four. */
export const macAddresses: Detector = {
  name: 'mac',
  starts: ['digit', 'letter'],
  reach: runOf(charset('0-9A-Fa-f:.-'), 20),
  longest: 20,
  find: (piece, context) => {
    const [text] = MAC.exec(piece) ?? [];
    if (!text || /^(?:00[:.-]?)+$|^(?:ff[:.-]?)+$/i.test(text) || /[:-]$/.test(context().replace(/\w: ?$/, '')))
      return undefined;
    if (!/[a-f]/i.test(text) && !/mac|hardware|ethernet|device/i.test(context())) return undefined;
    return { from: 0, to: text.length, rule: 'mac.address', kind: 'mac', score: 0.9 };
  },
};
