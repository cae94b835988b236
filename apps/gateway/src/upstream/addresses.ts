import { isIP } from 'node:net';
import { AddressRanges, plainAddress } from '../wire/address-ranges.ts';

/**
 * Ranges no tenant may make the gateway call: not public, or a way around the other ranges (IANA special-purpose
 * registries; IPv6 forms that carry an IPv4 address are judged by it or refused whole).
 */
const FORBIDDEN: readonly (readonly [network: string, prefix: number, why: string])[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared address space (CGNAT)'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local, cloud metadata'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarking'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved, broadcast'],
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::', 96, 'IPv4-compatible'],
  ['64:ff9b::', 96, 'NAT64'],
  ['64:ff9b:1::', 48, 'NAT64, local use'],
  ['100::', 64, 'discard'],
  ['2001::', 23, 'protocol assignments, Teredo'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['3fff::', 20, 'documentation'],
  ['5f00::', 16, 'SRv6'],
  ['fc00::', 7, 'unique local'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
];

const forbidden = new AddressRanges(FORBIDDEN.map(([network, prefix]) => `${network}/${prefix}`));

/** Decides whether the gateway may connect to an IP address. */
export type AddressCheck = (address: string) => boolean;

/** Public addresses pass; others only where the operator's list of CIDR ranges (`PARLEY_ALLOWED_PRIVATE`) says so. */
export function addressCheck(allowedPrivate: readonly string[]): AddressCheck {
  const allowed = new AddressRanges(allowedPrivate);
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && (!forbidden.has(plain) || allowed.has(plain));
  };
}
