import { charset, type Detector, type Hit, runOf } from '../scan/detector.ts';

/** Country calling codes (ITU-T E.164), with the least and most digits of a national number behind them. */
const CODES: readonly (readonly [codes: string, least: number, most: number])[] = [
  ['1', 10, 10],
  ['7', 10, 10],
  ['20 27', 9, 10],
  ['30 31 32 33 34', 8, 10],
  ['36 39', 8, 11],
  ['40 41', 9, 9],
  ['43', 7, 13],
  ['44', 9, 10],
  ['45 47', 8, 8],
  ['46', 7, 10],
  ['48', 9, 9],
  ['49', 7, 12],
  ['51 52 53 54 55 56 57 58', 8, 11],
  ['60 61 62 63 64 65 66', 8, 12],
  ['81 82 84 86', 9, 11],
  ['90 91 92 93 94 95 98', 7, 10],
  [
    '211 212 213 216 218 220 221 223 224 225 226 227 228 229 230 231 232 233 234 237 243 244 249 250 251 252 254 255 256',
    7,
    10,
  ],
  ['258 260 261 263 264 265 267 268', 7, 10],
  ['351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 380 381 382 383 385 386 387 389', 6, 11],
  ['420 421 423', 7, 9],
  ['500 501 502 503 504 505 506 507 509 591 592 593 595 597 598', 7, 9],
  ['670 673 675 679 682 685 687 689 852 853 855 856 880 886', 6, 10],
  ['960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998', 7, 10],
];

const BY_CODE = new Map(
  CODES.flatMap(([codes, least, most]) => codes.split(' ').map((code) => [code, { least, most }])),
);

/** National forms with separators, as people write them. Each is anchored and of bounded length. */
const NATIONAL: readonly (readonly [rule: string, form: RegExp, score: number])[] = [
  ['phone.us', /^\([2-9]\d\d\) ?[2-9]\d\d[ .-]\d{4}(?!\d)/, 0.9],
  ['phone.us', /^(?:1[ .-])?[2-9]\d\d([ .-])[2-9]\d\d\1\d{4}(?![\d-])/, 0.8],
  [
    'phone.uk',
    /^\(?0(?:20[ -]?[378]\d{3}[ -]?\d{4}|7\d{3}[ -]\d{3}[ -]?\d{3}|1\d{2,3}\)?[ -]\d{3}[ -]?\d{3,4})(?!\d)/,
    0.8,
  ],
  ['phone.fr', /^0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}(?![ .-]?\d)/, 0.8],
  ['phone.de', /^\(?0[1-9]\d{1,4}\)?(?: ?[/-] ?| )\d{3,9}(?:[ -]\d{2,6}){0,2}(?!\d)/, 0.7],
  ['phone.es', /^[6789]\d\d([ -])\d{3}\1\d{3}(?![ -]?\d)/, 0.6],
  ['phone.es', /^[679]\d\d \d\d \d\d \d\d(?! ?\d)/, 0.7],
  ['phone.it', /^3[2-9]\d[ -]\d{3}[ -]?\d{4}(?!\d)/, 0.7],
  ['phone.br', /^\(\d\d\) ?9?\d{4}-?\d{4}(?!\d)/, 0.9],
  ['phone.in', /^[6-9]\d{4}[ -]\d{5}(?!\d)/, 0.7],
  ['phone.jp', /^0\d{1,3}-\d{2,4}-\d{4}(?![\d-])/, 0.8],
  ['phone.cn', /^1[3-9]\d[ -]\d{4}[ -]\d{4}(?![\d-])/, 0.8],
  ['phone.au', /^(?:04\d\d \d{3} \d{3}|\(0[2378]\) ?\d{4} ?\d{4}|1[38]00 \d{3} \d{3})(?! ?\d)/, 0.8],
  ['phone.kr', /^01[016789]-\d{3,4}-\d{4}(?![\d-])/, 0.9],
  ['phone.ch', /^0(?:2[1-7]|3[1-4]|4[134]|5[1258]|6[12]|7[1-9]|81|91) \d{3} \d\d \d\d(?! ?\d)/, 0.8],
  ['phone.ru', /^8[ -]?\(\d{3}\) ?\d{3}[ -]\d\d[ -]?\d\d(?!\d)/, 0.9],
  ['phone.nl', /^0(?:6[ -]\d{8}|6[ -]?\d{4}[ -]\d{4}|\d{2}[ -]\d{7}|\d{3}[ -]\d{6})(?!\d)/, 0.7],
];

/** Anything of 6 to 15 digits counts where a word says that a number comes. */
const SAYS_PHONE =
  /(?:phone|mobile|cell|call(?: me| us)?|dial|text|whats ?app|fax|reach(?: me| us)?|ring|tel[ée]?|tel[ée]fono|t[ée]l[ée]phone|portable|telefon(?:nummer)?|handy|rufnummer|mobil|m[óo]vil|cellulare|celular|telefone|telefoon|telefonnr|тел(?:ефон)?|电话|手机|電話|携帯|전화)[^a-z0-9\n]{0,6}(?:(?:number|no|nr|num|is|at|on|us|me|at|unter|unter|au|al|es|ist|est|under|der|:)[^a-z0-9\n]{1,4}){0,3}$/i;

const SAYS_OTHER =
  /(?:\border|\binvoice|ticket|case|\bref(?:erence)?|\bid|isbn|issn|sku|\bpart|serial|version|tracking|article|№|#|\$|€|£|\bno\.?|\bnr\.?)[^a-z0-9]{0,3}$/i;

const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})(?!\d)/;

/** Telephone numbers: E.164 with plus, common national forms, and plain digits where words around say so. */
export const phones: Detector = {
  name: 'phone',
  starts: ['digit', 'plus', 'paren'],
  reach: runOf(charset('0-9 +()./-'), 34),
  longest: 34,
  find: (piece, context) => {
    if (piece.length < 7) return undefined;
    const before = context();
    if (/[\d.][.,:]$|[\w/]-$|[$€£#]$|\d[ -]$|=$/.test(piece[0] === '+' ? before.replace(/=$/, '') : before))
      return undefined;
    if (piece[0] === '+' || piece.startsWith('00') || piece.startsWith('(+') || piece.startsWith('011 ')) {
      const hit = international(piece, before);
      if (hit) return hit;
    }
    if (DATE.test(piece)) return undefined;
    const says = SAYS_PHONE.test(before);
    if (!says && SAYS_OTHER.test(before)) return undefined;
    for (const [rule, form, score] of NATIONAL) {
      const text = form.exec(piece)?.[0];
      if (text && digitsOf(text) >= 8)
        return { from: 0, to: text.length, rule, kind: 'phone', score: says ? 0.95 : score };
    }
    return says ? announced(piece) : undefined;
  },
};

const digitsOf = (text: string): number => text.replace(/\D/g, '').length;

function international(piece: string, before: string): Hit | undefined {
  const [text = ''] = /^(?:\+|00|\(\+|011 )(?:[ ./()-]{0,2}\d){7,16}/.exec(piece) ?? [];
  if (text === '' || /^\d/.test(piece.slice(text.length))) return undefined;
  const digits = text.replace(/\D/g, '').replace(piece[0] === '0' ? /^(?:00|011)/ : /^(?!)/, '');
  for (const size of [1, 2, 3]) {
    const code = BY_CODE.get(digits.slice(0, size));
    if (!code) continue;
    // The trunk prefix that people keep in brackets: +44 (0)20 …
    const rest = digits.slice(size).length - (/\(0\)/.test(text) ? 1 : 0);
    if (rest < code.least || rest > code.most) return undefined;
    const plain = /^\d+$/.test(text);
    if (plain && !SAYS_PHONE.test(before)) return undefined;
    return { from: 0, to: text.length, rule: 'phone.e164', kind: 'phone', score: plain ? 0.7 : 0.9 };
  }
  return undefined;
}

function announced(piece: string): Hit | undefined {
  const [text = ''] = /^\(?\d(?:[ ./()-]{0,2}\d){5,14}/.exec(piece) ?? [];
  const digits = digitsOf(text);
  if (digits < 7 || /^\d/.test(piece.slice(text.length))) return undefined;
  return { from: 0, to: text.length, rule: 'phone.announced', kind: 'phone', score: 0.75 };
}
