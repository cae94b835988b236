import { charset, type Detector, runOf } from '../scan/detector.ts';
import { KEY_SHAPES, type KeyShape } from './key-shapes.ts';

const BY_BEGINNING = new Map<string, KeyShape[]>();
for (const shape of [...KEY_SHAPES].sort((one, other) => other.prefix.length - one.prefix.length)) {
  const beginning = shape.prefix.slice(0, 2);
  BY_BEGINNING.set(beginning, [...(BY_BEGINNING.get(beginning) ?? []), shape]);
}

const LONGEST = 400;
const run = runOf(charset('0-9A-Za-z_./:$~+=-'), LONGEST);

/** Keys of services by their published shapes. Placeholders such as `sk-xxxx` are left alone. */
export const serviceKeys: Detector = {
  name: 'serviceKey',
  starts: ['letter', 'digit'],
  reach: (text, at) => {
    if (at + 2 > text.length) return -1;
    const code = text.charCodeAt(at);
    const telegram = code >= 48 && code <= 57;
    const discord = code === 77 || code === 78 || code === 79;
    return telegram || discord || BY_BEGINNING.has(text.slice(at, at + 2)) ? run(text, at) : at + 2;
  },
  longest: LONGEST,
  find: (piece) => {
    for (const { service, prefix, rest } of BY_BEGINNING.get(piece.slice(0, 2)) ?? []) {
      if (!piece.startsWith(prefix)) continue;
      const text = rest.exec(piece.slice(prefix.length))?.[0];
      if (!text || isPlaceholder(text)) continue;
      return { from: 0, to: prefix.length + text.length, rule: `key.${service}`, kind: 'secret', score: 0.98 };
    }
    for (const [service, form] of BOTS) {
      const text = form.exec(piece)?.[0];
      if (text && !isPlaceholder(text))
        return { from: 0, to: text.length, rule: `key.${service}`, kind: 'secret', score: 0.95 };
    }
    return undefined;
  },
};

/** Tokens that begin with an account's number, plain or in base64. */
const BOTS: readonly (readonly [service: string, form: RegExp])[] = [
  ['telegram', /^\d{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])/],
  ['discord', /^[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,45}(?![0-9A-Za-z_-])/],
];

/** Fewer than six different characters, or words that say it is none. */
export const isPlaceholder = (text: string): boolean =>
  new Set(text.toLowerCase()).size < 6 ||
  /^(?:your|example|placeholder|changeme|redacted|insert|replace|dummy|sample)/i.test(text);

/** JSON Web Tokens (RFC 7519): a header that is JSON, a body, and a signature. */
export const jsonWebTokens: Detector = {
  name: 'jwt',
  starts: ['letter'],
  reach: (text, at) => {
    if (at + 3 > text.length) return -1;
    return text.startsWith('eyJ', at) ? token(text, at) : at + 3;
  },
  longest: 4096,
  find: (piece) => {
    const [text, header] =
      /^(eyJ[0-9A-Za-z_-]{10,1000})\.[0-9A-Za-z_-]{10,3000}\.[0-9A-Za-z_-]{16,1000}/.exec(piece) ?? [];
    if (!text || !header || !Buffer.from(header, 'base64url').toString('latin1').includes('"alg"')) return undefined;
    return { from: 0, to: text.length, rule: 'key.jwt', kind: 'secret', score: 0.99 };
  },
};
const token = runOf(charset('0-9A-Za-z_.-'), 4096);

/** Private keys in PEM or OpenSSH form (RFC 7468), the whole block; in one line too, as environment files have them. */
export const privateKeys: Detector = {
  name: 'privateKey',
  starts: ['dash'],
  reach: (text, at) => {
    const begin = '-----BEGIN ';
    for (let index = 0; index < begin.length; index++) {
      if (at + index >= text.length) return -1;
      if (text[at + index] !== begin[index]) return at + index + 1;
    }
    const end = text.indexOf('-----END ', at);
    const close = end < 0 ? -1 : text.indexOf('-----', end + 9);
    return close < 0 ? -1 : close + 5;
  },
  longest: 8192,
  find: (piece) => {
    const [text] = /^-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/.exec(piece) ?? [];
    if (!text) return undefined;
    return { from: 0, to: piece.length, rule: 'key.pem', kind: 'secret', score: 0.99 };
  },
};

const SCHEME = /^[a-z][a-z0-9+.-]{1,24}:\/\/[^\s:/@'"<>]{0,64}:([^\s@/'"<>]{1,128})@[^\s@]/i;

/** Passwords inside of URLs: `postgres://user:password@host`. Only the password counts, the rest stays readable. */
export const connectionStrings: Detector = {
  name: 'connectionString',
  starts: ['letter'],
  reach: (text, at) => {
    const scheme = schemeRun(text, at);
    if (scheme === -1) return -1;
    if (text[scheme - 1] !== ':') return scheme;
    return urlRun(text, scheme - 1);
  },
  longest: 320,
  find: (piece) => {
    const match = SCHEME.exec(piece);
    const password = match?.[1];
    if (!match || !password || /^(?:\$\{?|%|\{|\[|\*+$|<|x+$|pass(?:word)?$|pwd$|secret$)/i.test(password))
      return undefined;
    const to = match[0].length - 2;
    return { from: to - password.length, to, rule: 'secret.url-password', kind: 'secret', score: 0.95 };
  },
};
const schemeRun = runOf(charset('0-9A-Za-z+.-'), 26);
const urlRun = runOf(charset('0-9A-Za-z!#$%&()*+,./:;=?@^_~|-'), 280);
