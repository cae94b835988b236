import { charset, type Detector, headed, runOf } from '../scan/detector.ts';
import { ibanRemainder } from './digits.ts';

/** Lengths by country, from the SWIFT IBAN registry. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const letter = charset('A-Za-z');
const digit = charset('0-9');

/** Bank accounts by ISO 13616: a country's length, groups of any size, and the remainder 1. */
export const ibans: Detector = {
  name: 'iban',
  starts: ['letter'],
  reach: headed([letter, letter, charset('0-9 '), charset('0-9 ')], runOf(charset('A-Za-z0-9 -'), 48)),
  longest: 48,
  find: (piece) => {
    const length = LENGTHS.get(piece.slice(0, 2).toUpperCase());
    if (!length) return undefined;
    let compact = '';
    let index = 0;
    for (; index < piece.length && compact.length < length; index++) {
      const code = piece.charCodeAt(index);
      if (digit[code] || letter[code]) compact += piece[index];
      else if (index === 0 || !/[A-Za-z0-9]/.test(piece[index - 1] ?? '')) break;
    }
    if (compact.length < length || /^[A-Za-z0-9]/.test(piece.slice(index))) return undefined;
    const upper = compact.toUpperCase();
    if (compact !== upper && compact !== compact.toLowerCase()) return undefined;
    if (!/^[A-Z]{2}\d\d/.test(upper) || ibanRemainder(upper) !== 1) return undefined;
    return { from: 0, to: index, rule: 'iban.mod97', kind: 'iban', score: 0.99 };
  },
};
