import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Ranges that lead to the operator's own machines or nowhere public (IANA special-purpose registries). */
const SPECIAL: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

const special = listOf(SPECIAL);

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
    return allowed.check(address, family) || !special.check(address, family);
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
