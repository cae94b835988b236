import { isIP } from 'node:net';
import { z } from 'zod';

/** An address or a range of addresses in CIDR notation (RFC 4632, RFC 4291): `203.0.113.0/24`, `2001:db8::/32`. */
export const cidrSchema = z
  .string()
  .trim()
  .refine(isCidr, 'Write an address or a range, like 203.0.113.7 or 2001:db8::/32.');

function isCidr(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

/** Which addresses may call. A denied one is refused whatever else allows it; an empty `allow` allows all others. */
export const ipAccessPolicy = z.strictObject({
  allow: z
    .array(cidrSchema)
    .max(1000, 'At most 1,000 addresses and ranges.')
    .default([])
    .describe('Only these may call, such as 203.0.113.7 or 2001:db8::/32; empty lets every address call.'),
  deny: z
    .array(cidrSchema)
    .max(1000, 'At most 1,000 addresses and ranges.')
    .default([])
    .describe('These may not call, whatever else allows them.'),
});
export type IpAccessPolicy = z.output<typeof ipAccessPolicy>;
