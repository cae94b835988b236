import { BlockList, isIP } from 'node:net';

/** A set of addresses and CIDR ranges of both families, asked without allocating. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** `ranges`: addresses or CIDR ranges, as `cidrSchema` takes them. Throws for anything else. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/');
      const kind = network.includes(':') ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#list.addAddress(network, kind);
      else this.#list.addSubnet(network, Number(prefix), kind);
    }
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** `::ffff:a.b.c.d` in any spelling is the IPv4 address; everything else stays. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (!bare.toLowerCase().startsWith('::ffff:')) return bare;
  const tail = bare.slice(7);
  if (tail.includes('.')) return tail;
  const [high = '0', low = '0'] = tail.split(':');
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.');
}
