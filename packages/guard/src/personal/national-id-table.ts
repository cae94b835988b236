import { digitAt, isDay, luhn, mod11_10, two, verhoeff, weighted } from './digits.ts';

export interface NationalId {
  /** ISO 3166 code and the id's own name. */
  readonly rule: string;
  /** Anchored at the start, of bounded length, with nothing optional that could run on. */
  readonly form: RegExp;
  /** Gets the characters without separators, upper case. */
  readonly valid: (id: string) => boolean;
  /** True where the check alone is too weak: a word around must say what it is. */
  readonly needsWord: boolean;
  readonly score: number;
}

const letterOf = (alphabet: string, place: number): string => alphabet.charAt(place);
const lastIs = (id: string, expected: number | string): boolean => id.at(-1) === String(expected);
const elevenToZero = (rest: number): number => (rest >= 10 ? 0 : rest);
/** yymmdd at a place. */
const dated = (id: string, at = 0): boolean => isDay(two(id, at + 2), two(id, at + 4));
/** ddmmyy at a place. */
const dayFirst = (id: string, at = 0): boolean => isDay(two(id, at + 2), two(id, at));
const varied = (id: string): boolean => !/^(.)\1+$/.test(id);

function id(rule: string, form: RegExp, valid: (id: string) => boolean, needsWord = false, score = 0.9): NationalId {
  return { rule, form, valid, needsWord, score: needsWord ? 0.85 : score };
}

const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function codiceFiscale(text: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = text.charCodeAt(index);
    const value = code > 57 ? code - 65 : code - 48;
    sum += index % 2 === 0 ? (ITALIAN_ODD[value] ?? 0) : value;
  }
  return lastIs(text, String.fromCharCode(65 + (sum % 26)));
}

const CURP = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

function curp(text: string): boolean {
  let sum = 0;
  for (let index = 0; index < 17; index++) sum += CURP.indexOf(text.charAt(index)) * (18 - index);
  return dated(text, 4) && lastIs(text, (10 - (sum % 10)) % 10);
}

function cpf(text: string): boolean {
  const first = elevenToZero(11 - (weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11));
  const second = elevenToZero(11 - (weighted(text, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11));
  return varied(text) && digitAt(text, 9) === first && digitAt(text, 10) === second;
}

function turkish(text: string): boolean {
  const odd = weighted(text, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(text, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const sum = weighted(text, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  return text[0] !== '0' && (((odd * 7 - even) % 10) + 10) % 10 === digitAt(text, 9) && sum % 10 === digitAt(text, 10);
}

function german(text: string): boolean {
  // One digit comes twice or three times among the first ten; others at most once.
  const counts = new Map<string, number>();
  for (const digit of text.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return text[0] !== '0' && repeated.length === 1 && (repeated[0] ?? 0) <= 3 && mod11_10(text);
}

function norwegian(text: string): boolean {
  const first = weighted(text, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11;
  const second = weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11;
  return dayFirst(text) && first === 0 && second === 0;
}

function french(text: string): boolean {
  const plain = text.slice(0, 13).replace('2A', '19').replace('2B', '18');
  const month = two(text, 3);
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  return /^[12]/.test(text) && 97 - Number(BigInt(plain) % 97n) === Number(text.slice(13));
}

function belgian(text: string): boolean {
  const check = Number(text.slice(9));
  const plain = 97 - (Number(text.slice(0, 9)) % 97);
  const since2000 = 97 - (Number(`2${text.slice(0, 9)}`) % 97);
  return dated(text) && (check === plain || check === since2000);
}

function chinese(text: string): boolean {
  const sum = weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return /^[1-8]\d{5}(?:19|20)/.test(text) && dated(text, 8) && lastIs(text, '10X98765432'.charAt(sum % 11));
}

function polish(text: string): boolean {
  const month = two(text, 2) % 20;
  const check = (10 - (weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
  return isDay(month, two(text, 4)) && check === digitAt(text, 10);
}

function nhs(text: string): boolean {
  const rest = (11 - (weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return varied(text) && rest === digitAt(text, 9);
}

function rut(text: string): boolean {
  const body = text.slice(0, -1);
  let sum = 0;
  for (let index = 0; index < body.length; index++) sum += digitAt(body, body.length - 1 - index) * (2 + (index % 6));
  const check = 11 - (sum % 11);
  return lastIs(text, check === 11 ? '0' : check === 10 ? 'K' : check);
}

function nric(text: string): boolean {
  const sum = weighted(text.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (/^[TG]/.test(text) ? 4 : 0);
  return lastIs(text, letterOf(/^[ST]/.test(text) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK', sum % 11));
}

function ssn(text: string): boolean {
  return !/^(?:000|666)|^...00|0000$/.test(text) && !/^(?:123456789|078051120|219099999)$/.test(text) && varied(text);
}

function thai(text: string): boolean {
  return (
    text[0] !== '0' && (11 - (weighted(text, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(text, 12)
  );
}

function myNumber(text: string): boolean {
  const rest = weighted(text, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digitAt(text, 11);
}

function korean(text: string): boolean {
  const check = (11 - (weighted(text, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  // Numbers given since October 2020 have no check digit.
  return dated(text) && /^.{6}[1-8]/.test(text) && (check === digitAt(text, 12) || two(text, 0) >= 20);
}

function finnish(text: string): boolean {
  const plain = text.replace(/[^0-9A-Z]/, '');
  return dayFirst(plain) && lastIs(plain, letterOf('0123456789ABCDEFHJKLMNPRSTUVWXY', Number(plain.slice(0, 9)) % 31));
}

function ean13(text: string): boolean {
  return (10 - (weighted(text, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digitAt(text, 12);
}

function cuit(text: string): boolean {
  const rest = 11 - (weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 11 ? 0 : rest === 10 ? 9 : rest) === digitAt(text, 10);
}

/** Ids people have for life, by country. The laws that define them are named in docs/guardrails.md. */
export const NATIONAL_IDS: readonly NationalId[] = [
  id('us.ssn', /^(?!9)\d{3}-\d\d-\d{4}(?![\d-])/, ssn),
  id('us.itin', /^9\d\d-(?:5\d|6[0-5]|[78]\d|9[0-24-9])-\d{4}(?![\d-])/, varied),
  id(
    'gb.nino',
    /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d\d){3} ?[A-D](?![A-Za-z0-9])/,
    (text) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(text),
  ),
  id('gb.nhs', /^\d{3} \d{3} \d{4}(?![ -]?\d)/, nhs, true),
  id('gb.nhs', /^\d{10}(?!\d)/, nhs, true),
  id('es.dni', /^\d{8}[ -]?[A-Z](?![A-Za-z0-9])/, (text) =>
    lastIs(text, letterOf('TRWAGMYFPDXBNJZSQVHLCKE', Number(text.slice(0, 8)) % 23)),
  ),
  id('es.nie', /^[XYZ][ -]?\d{7}[ -]?[A-Z](?![A-Za-z0-9])/, (text) =>
    lastIs(
      text,
      letterOf('TRWAGMYFPDXBNJZSQVHLCKE', Number(`${'XYZ'.indexOf(text.charAt(0))}${text.slice(1, 8)}`) % 23),
    ),
  ),
  id('it.codice-fiscale', /^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?![A-Za-z0-9])/, codiceFiscale, false, 0.99),
  id('fr.nir', /^[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: |-)?\d\d(?!\d)/, french),
  id('de.steuer-id', /^\d\d ?\d{3} ?\d{3} ?\d{3}(?!\d)/, german, true),
  id(
    'nl.bsn',
    /^\d{4}[. ]\d\d[. ]\d{3}(?!\d)|^\d{9}(?!\d)/,
    (text) => varied(text) && weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    true,
  ),
  id('be.rijksregister', /^\d\d\.\d\d\.\d\d-\d{3}\.\d\d(?!\d)/, belgian, false, 0.99),
  id('be.rijksregister', /^\d{11}(?!\d)/, belgian, true),
  id(
    'pt.nif',
    /^[12356789]\d{2} ?\d{3} ?\d{3}(?!\d)/,
    (text) => elevenToZero(11 - (weighted(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) === digitAt(text, 8),
    true,
  ),
  id('pl.pesel', /^\d{11}(?!\d)/, polish, true),
  id('se.personnummer', /^(?:19|20)?\d{6}[-+]\d{4}(?!\d)/, (text) => dated(text.slice(-10)) && luhn(text.slice(-10))),
  id('fi.hetu', /^\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?![A-Za-z0-9])/, finnish, false, 0.95),
  id('dk.cpr', /^\d{6}-\d{4}(?![\d-])/, (text) => dayFirst(text), true),
  id('no.fodselsnummer', /^\d{6} ?\d{5}(?!\d)/, norwegian, false, 0.9),
  id('ch.ahv', /^756\.?\d{4}\.?\d{4}\.?\d\d(?!\d)/, ean13, false, 0.95),
  id(
    'at.svnr',
    /^\d{4} ?\d{6}(?!\d)/,
    (text) => dayFirst(text, 4) && weighted(text, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(text, 3),
    true,
  ),
  id(
    'ro.cnp',
    /^[1-9]\d{12}(?!\d)/,
    (text) => dated(text, 1) && (weighted(text, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11) % 10 === digitAt(text, 12),
    true,
  ),
  id(
    'bg.egn',
    /^\d{10}(?!\d)/,
    (text) =>
      isDay(two(text, 2) % 20, two(text, 4)) &&
      (weighted(text, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(text, 9),
    true,
  ),
  id(
    'cz.rodne-cislo',
    /^\d{6}\/\d{4}(?!\d)/,
    (text) => isDay((two(text, 2) % 50) % 20, two(text, 4)) && Number(text) % 11 === 0,
  ),
  id('br.cpf', /^\d{3}\.\d{3}\.\d{3}-\d\d(?!\d)/, cpf, false, 0.99),
  id('br.cpf', /^\d{11}(?!\d)/, cpf, true),
  id('cl.rut', /^\d{1,2}\.\d{3}\.\d{3}-[\dkK](?![A-Za-z0-9])/, rut, false, 0.95),
  id('ar.cuit', /^(?:20|2[3-7]|30|3[34])-\d{8}-\d(?!\d)/, cuit, false, 0.95),
  id('mx.curp', /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?![A-Za-z0-9])/, curp, false, 0.99),
  id('in.aadhaar', /^[2-9]\d{3}([ -])\d{4}\1\d{4}(?![ -]?\d)/, verhoeff, false, 0.85),
  id('in.aadhaar', /^[2-9]\d{11}(?!\d)/, verhoeff, true),
  id('in.pan', /^[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?![A-Za-z0-9])/, varied, false, 0.75),
  id('cn.resident-id', /^\d{17}[\dXx](?![A-Za-z0-9])/, chinese, false, 0.99),
  id('kr.rrn', /^\d{6}-[1-8]\d{6}(?!\d)/, korean),
  id('za.id', /^\d{6} ?\d{4} ?[01][89]\d(?!\d)/, (text) => dated(text) && luhn(text), false, 0.85),
  id('tr.tckn', /^[1-9]\d{10}(?!\d)/, turkish, true),
  id('au.tfn', /^\d{3} ?\d{3} ?\d{3}(?!\d)/, (text) => weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0, true),
  id('ca.sin', /^[1-79]\d\d([ -])\d{3}\1\d{3}(?![ -]?\d)/, luhn, true),
  id('ca.sin', /^[1-79]\d{8}(?!\d)/, luhn, true),
  id('sg.nric', /^[STFG]\d{7}[A-Z](?![A-Za-z0-9])/, nric, false, 0.95),
  id('il.id', /^\d{9}(?!\d)/, (text) => varied(text) && luhn(text), true),
  id('jp.my-number', /^\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)/, myNumber, true),
  id('th.id', /^\d-\d{4}-\d{5}-\d\d-\d(?!\d)/, thai, false, 0.95),
  id('th.id', /^\d{13}(?!\d)/, thai, true),
  id('us.ssn', /^(?!9)\d{3} ?\d\d ?\d{4}(?!\d)/, ssn, true),
];
