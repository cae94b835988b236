import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { FORBIDDEN_NETWORKS } from '@parley/kernel/forbidden-networks';

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

const forbidden = listOf(FORBIDDEN_NETWORKS.map(([network, prefix]) => `${network}/${prefix}`));

/** Judges addresses: true for those a tenant may have us call. */
export type AddressRule = (address: string) => boolean;

/**
 * Makes the rule for the operator's allow-list (CIDR ranges): public addresses, and private ones it names. An IPv4
 * address written as IPv6 (`::ffff:10.0.0.1`) is judged as the IPv4 address that it is. Text that is no address is refused.
 */
export function addressRule(allowedPrivate: readonly string[]): AddressRule {
  const allowed = listOf(allowedPrivate);
  return (text) => {
    const address = unmapped(text);
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
    if (!family) return false;
    return allowed.check(address, family) || !forbidden.check(address, family);
  };
}

function unmapped(text: string): string {
  if (!isIPv6(text)) return text;
  const canonical = new URL(`http://[${text.split('%')[0]}]/`).hostname.slice(1, -1);
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!match) return canonical;
  const high = Number.parseInt(match[1] as string, 16);
  const low = Number.parseInt(match[2] as string, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
