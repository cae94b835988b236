import { charset, type Detector, runOf } from '../scan/detector.ts';

/** Endings that are files, as in `icon@2x.png`. */
const FILES = new Set(
  'png jpg jpeg gif svg webp ico js mjs cjs ts tsx jsx css scss map json md py rb go rs java'.split(' '),
);
/** Local parts of addresses that are no person's: remotes of version control. */
const NOBODY = new Set(['git', 'hg', 'svn', 'ssh']);

const LOCAL = charset("A-Za-z0-9.!#$%&'*+/^_`{|}~-");
const local = charset("A-Za-z0-9._%+'-");
const alphanumeric = charset('A-Za-z0-9');
const within = (code: number, members: Uint8Array) => code < 128 && members[code] === 1;

/** E-mail addresses with a domain of two labels or more (RFC 5321 lengths; quoted local parts are not looked for). */
export const emails: Detector = {
  name: 'email',
  starts: ['letter', 'digit'],
  reach: runOf(withAt(local), 320),
  longest: 320,
  find: (piece) => {
    const at = piece.indexOf('@');
    if (at < 1 || at > 64) return undefined;
    const name = piece.slice(0, at);
    if (NOBODY.has(name.toLowerCase()) || !within(piece.charCodeAt(at - 1), LOCAL) || name.endsWith('.'))
      return undefined;
    const end = domainEnd(piece, at + 1);
    if (end === undefined) return undefined;
    return { from: 0, to: end, rule: 'email.address', kind: 'email', score: 0.95 };
  },
};

function withAt(members: Uint8Array): Uint8Array {
  const table = Uint8Array.from(members);
  table[64] = 1;
  return table;
}

/** Where the domain from `start` ends, if it is one. */
function domainEnd(piece: string, start: number): number | undefined {
  let end = start;
  while (end < piece.length && (within(piece.charCodeAt(end), alphanumeric) || '.-'.includes(piece[end] ?? ' '))) end++;
  const labels = piece.slice(start, end).split('.');
  // A sentence's full stop, or a hyphen behind the address.
  while (labels.length > 1 && labels.at(-1) === '') labels.pop();
  const domain = labels.join('.').replace(/-+$/, '');
  const top = labels.at(-1)?.replace(/-+$/, '') ?? '';
  if (labels.length < 2 || domain.length > 253 || !/^[a-z]{2,24}$/i.test(top) || FILES.has(top.toLowerCase()))
    return undefined;
  const sound = domain
    .split('.')
    .every((label) => label.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label));
  return sound ? start + domain.length : undefined;
}
