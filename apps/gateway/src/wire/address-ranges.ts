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
