import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** A `postgresql://` URL. */
export const postgresUrl = (): z.ZodType<string> => url(['postgresql:', 'postgres:'], 'not a postgresql:// URL');

/** A `redis://` or `rediss://` URL. */
export const redisUrl = (): z.ZodType<string> => url(['redis:', 'rediss:'], 'not a redis:// URL');

/** An `http(s)://` URL, given back without a trailing slash. */
export const httpUrl = (): z.ZodType<string> =>
  url(['http:', 'https:'], 'not an http:// or https:// URL').transform((text) => text.replace(/\/+$/, ''));

/** An `smtp(s)://` URL. */
export const smtpUrl = (): z.ZodType<string> => url(['smtp:', 'smtps:'], 'not an smtp:// URL');

/** A TCP port from 1 to 65535. */
export const port = (): z.ZodType<number> =>
  z.string().transform((text, context) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not a port from 1 to 65535` });
    return z.NEVER;
  });

/** A whole number within bounds. */
export const wholeNumber = (least: number, most: number): z.ZodType<number> =>
  z.string().transform((text, context) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not a whole number from ${least} to ${most}` });
    return z.NEVER;
  });

/** 32 bytes in base64 or base64url, given back as written. */
export const key32 = (): z.ZodType<string> =>
  z.string().refine((text) => Buffer.from(text, 'base64').length === 32, 'it does not decode to 32 bytes');

/** Comma-separated CIDR ranges (`127.0.0.0/8,::1/128`). */
export const cidrList = (): z.ZodType<string[]> =>
  z.string().transform((text, context) => {
    const ranges = text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    for (const range of ranges) {
      if (isCidr(range)) continue;
      context.addIssue({ code: 'custom', message: `"${range}" is not a CIDR range` });
      return z.NEVER;
    }
    return ranges;
  });

/** Comma-separated name servers by address, with or without a port (`10.0.0.2,10.0.0.3:5353,[fd00::1]:53`). */
export const nameServerList = (): z.ZodType<string[]> =>
  z.string().transform((text, context) => {
    const servers = text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    for (const server of servers) {
      const bare = server.replace(/^\[(.*)\](?::\d{1,5})?$/, '$1').replace(/^([\d.]+):\d{1,5}$/, '$1');
      if (isIP(bare)) continue;
      context.addIssue({ code: 'custom', message: `"${server}" is not the address of a name server` });
      return z.NEVER;
    }
    return servers;
  });

function isCidr(text: string): boolean {
  const [address = '', prefix = '', rest] = text.split('/');
  const family = isIP(address);
  if (!family || rest !== undefined || !/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

function url(protocols: readonly string[], message: string): z.ZodType<string> {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), message);
}

/** A file that holds something in PEM, given back as its text. */
export const pemFile = (): z.ZodType<string> =>
  z.string().transform((path, context) => {
    try {
      const text = readFileSync(path, 'utf8');
      if (text.includes('-----BEGIN ')) return text;
      context.addIssue({ code: 'custom', message: `the file "${path}" holds nothing in PEM` });
    } catch {
      context.addIssue({ code: 'custom', message: `the file "${path}" cannot be read` });
    }
    return z.NEVER;
  });
