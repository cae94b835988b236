import { charset, type Detector, type Hit, runOf } from '../scan/detector.ts';
import { luhn } from './digits.ts';

/** Issuers' first digits (ISO/IEC 7812) with the lengths their numbers have. */
const ISSUERS: readonly { readonly rule: string; readonly starts: RegExp; readonly lengths: readonly number[] }[] = [
  { rule: 'visa', starts: /^4/, lengths: [16, 19] },
  { rule: 'mastercard', starts: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { rule: 'amex', starts: /^3[47]/, lengths: [15] },
  { rule: 'discover', starts: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { rule: 'diners', starts: /^(?:30[0-5]|36|38|39)/, lengths: [14] },
  { rule: 'jcb', starts: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { rule: 'unionpay', starts: /^62/, lengths: [16, 17, 18, 19] },
  { rule: 'mir', starts: /^220[0-4]/, lengths: [16] },
  { rule: 'rupay', starts: /^(?:60|81|82|508)/, lengths: [16] },
  { rule: 'maestro', starts: /^(?:50|5[6-8]|67)/, lengths: [16, 18, 19] },
];

const FORMS = [
  /^\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}\1\d{3}(?!\d)/,
  /^\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?!\d)/,
  /^\d{4}([ -]?)\d{6}\1\d{5}(?!\d)/,
  /^\d{4}([ -]?)\d{6}\1\d{4}(?!\d)/,
  /^\d{6}[ -]\d{10,13}(?!\d)/,
  /^\d{14,19}(?!\d)/,
];

/** Payment cards: an issuer's first digits, a length it has, groups as printed, and Luhn's check digit. */
export const cards: Detector = {
  name: 'card',
  starts: ['digit'],
  reach: runOf(charset('0-9 -'), 25),
  longest: 25,
  find: (piece, context) => {
    if (piece.length < 14) return undefined;
    for (const form of FORMS) {
      const hit = readCard(form.exec(piece)?.[0], context);
      if (hit) return hit;
    }
    return undefined;
  },
};

function readCard(text: string | undefined, context: () => string): Hit | undefined {
  if (text === undefined) return undefined;
  const digits = text.replace(/\D/g, '');
  if (/^(\d)\1+$/.test(digits)) return undefined;
  const issuer = ISSUERS.find(({ starts, lengths }) => starts.test(digits) && lengths.includes(digits.length));
  if (!issuer || !luhn(digits)) return undefined;
  // A decimal's fraction, or one group of a longer number.
  if (/\d[.,-]$|[.-]$/.test(context())) return undefined;
  return { from: 0, to: text.length, rule: `card.${issuer.rule}`, kind: 'card', score: 0.95 };
}
