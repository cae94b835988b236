import type { HmacSender, Sender } from '@parley/contracts/policies/inbound';
import { webhookKey } from '@parley/kernel/standard-webhooks';
import type { Exchange } from '../../exchange.ts';

/** A delivery as it comes, before anything of it is believed. */
export interface Claimed {
  /** Unix seconds; `null` for senders that sign no time. */
  readonly timestamp: number | null;
  /** Any of them may fit. */
  readonly signatures: readonly Buffer[];
  /** What is signed before and after the body. */
  readonly before: string;
  readonly after: string;
  /** Told in a header; `null` where the body tells it, or nobody. */
  readonly id: string | null;
}

/** How a sender signs. */
export interface Scheme {
  readonly algorithm: string;
  /** Reads what it claims; `null` when a part is missing, twice there, or malformed. */
  read(exchange: Exchange): Claimed | null;
  /** The key of a secret; `null` for text that is none. */
  key(secret: string): Buffer | null;
  /** Member of a JSON body that names the delivery. */
  readonly idField: string | null;
  /** Headers with what only we may check: never passed on. */
  readonly headers: readonly string[];
}

const MAX_SIGNATURES = 10;
const SECONDS = /^\d{1,12}$/;
const ID = /^[\x21-\x7e]{1,255}$/;

function header(exchange: Exchange, name: string): string | null {
  const values = exchange.request.headersDistinct[name];
  return values?.length === 1 ? (values[0] as string).trim() : null;
}

function decoded(text: string, encoding: 'hex' | 'base64'): Buffer | null {
  const bytes = Buffer.from(text, encoding);
  const back = bytes.toString(encoding);
  return bytes.length > 0 && back === (encoding === 'hex' ? text.toLowerCase() : text) ? bytes : null;
}

/** Those of a list that have the prefix and the encoding; senders may add signatures of newer kinds. */
function signaturesIn(list: readonly string[], prefix: string, encoding: 'hex' | 'base64'): Buffer[] {
  return list
    .slice(0, MAX_SIGNATURES)
    .filter((one) => one.startsWith(prefix))
    .flatMap((one) => decoded(one.slice(prefix.length), encoding) ?? []);
}

const text = (secret: string): Buffer => Buffer.from(secret);
const seconds = (given: string | null): number | null => (given !== null && SECONDS.test(given) ? Number(given) : null);

const standard: Scheme = {
  algorithm: 'sha256',
  key: webhookKey,
  idField: null,
  headers: ['webhook-signature', 'svix-signature'],
  read(exchange) {
    const prefix = exchange.request.headersDistinct['webhook-signature'] === undefined ? 'svix' : 'webhook';
    const id = header(exchange, `${prefix}-id`);
    const timestamp = seconds(header(exchange, `${prefix}-timestamp`));
    const given = header(exchange, `${prefix}-signature`);
    if (id === null || !ID.test(id) || timestamp === null || given === null) return null;
    const signatures = signaturesIn(given.split(' '), 'v1,', 'base64');
    return { timestamp, signatures, before: `${id}.${timestamp}.`, after: '', id };
  },
};

const github: Scheme = {
  algorithm: 'sha256',
  key: text,
  idField: null,
  headers: ['x-hub-signature', 'x-hub-signature-256'],
  read(exchange) {
    const given = header(exchange, 'x-hub-signature-256');
    const id = header(exchange, 'x-github-delivery');
    if (given === null || id === null || !ID.test(id)) return null;
    return { timestamp: null, signatures: signaturesIn([given], 'sha256=', 'hex'), before: '', after: '', id };
  },
};

const stripe: Scheme = {
  algorithm: 'sha256',
  key: text,
  idField: 'id',
  headers: ['stripe-signature'],
  read(exchange) {
    const parts = header(exchange, 'stripe-signature')?.split(',') ?? [];
    const times = parts.filter((part) => part.startsWith('t='));
    const timestamp = times.length === 1 ? seconds((times[0] as string).slice(2)) : null;
    if (timestamp === null) return null;
    const marked = parts.filter((part) => part.startsWith('v1='));
    return { timestamp, signatures: signaturesIn(marked, 'v1=', 'hex'), before: `${timestamp}.`, after: '', id: null };
  },
};

const slack: Scheme = {
  algorithm: 'sha256',
  key: text,
  idField: 'event_id',
  headers: ['x-slack-signature'],
  read(exchange) {
    const timestamp = seconds(header(exchange, 'x-slack-request-timestamp'));
    const given = header(exchange, 'x-slack-signature');
    if (timestamp === null || given === null) return null;
    return {
      timestamp,
      signatures: signaturesIn([given], 'v0=', 'hex'),
      before: `v0:${timestamp}:`,
      after: '',
      id: null,
    };
  },
};

function hmac(sender: HmacSender): Scheme {
  const [before = '', after = ''] = sender.content.split('{body}');
  const fill = (template: string, timestamp: string, id: string): string =>
    template.replace(/\{(timestamp|id)\}/g, (_, name) => (name === 'id' ? id : timestamp));
  return {
    algorithm: sender.algorithm,
    key: text,
    idField: null,
    headers: [sender.signatureHeader],
    read(exchange) {
      const given = header(exchange, sender.signatureHeader);
      const time = sender.timestampHeader === undefined ? null : header(exchange, sender.timestampHeader);
      const timestamp = seconds(time);
      const id = sender.idHeader === undefined ? null : header(exchange, sender.idHeader);
      if (given === null || !given.startsWith(sender.prefix)) return null;
      if (sender.timestampHeader !== undefined && timestamp === null) return null;
      if (sender.idHeader !== undefined && (id === null || !ID.test(id))) return null;
      const signatures = signaturesIn([given], sender.prefix, sender.encoding);
      // As it was written, not as we read it: leading zeros are signed too.
      return {
        timestamp,
        signatures,
        before: fill(before, time ?? '', id ?? ''),
        after: fill(after, time ?? '', id ?? ''),
        id,
      };
    },
  };
}

const KNOWN = { standard, github, stripe, slack } as const;

/** How this sender signs. */
export function schemeOf(sender: Sender): Scheme {
  return sender.scheme === 'hmac' ? hmac(sender) : KNOWN[sender.scheme];
}
