import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'mmdb-lib';
import { plainAddress } from './address-ranges.ts';

/** Countries of addresses. */
export interface Countries {
  /** ISO 3166-1 alpha-2, or empty for an address that is in no country. */
  of(address: string): string;
}

/** As the public files have it: GeoLite2 and DB-IP nest it, the IP location database does not. */
interface Place {
  readonly country?: { readonly iso_code?: unknown };
  readonly country_code?: unknown;
}

/**
 * Reads a file of countries in MaxMind's DB format (`.mmdb`) into memory; it is not looked at again. Throws when it is not
 * there or is no such file.
 */
export function openCountries(file: string): Countries {
  const reader = new Reader<Response>(readFileSync(file));
  return {
    of(address) {
      const plain = plainAddress(address);
      if (plain === '') return '';
      const place = reader.get(plain) as Place | null;
      const code = place?.country?.iso_code ?? place?.country_code;
      return typeof code === 'string' ? code : '';
    },
  };
}
