import { isIP } from 'node:net';
import { FORBIDDEN_NETWORKS } from '@parley/kernel/forbidden-networks';
import { AddressRanges, plainAddress } from '../wire/address-ranges.ts';

const forbidden = new AddressRanges(FORBIDDEN_NETWORKS.map(([network, prefix]) => `${network}/${prefix}`));

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
