/** Check digits, each by the standard or law that defines it. All take digits only and never throw. */

/** ISO/IEC 7812-1 Annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Sum of digit × weight, from the left. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [index, weight] of weights.entries()) sum += weight * (digits.charCodeAt(index) - 48);
  return sum;
}

export const digitAt = (digits: string, index: number): number => digits.charCodeAt(index) - 48;

/** ISO 7064 MOD 97-10 over letters (A = 10) and digits, moved as IBAN (ISO 13616) has it. */
export function ibanRemainder(iban: string): number {
  let remainder = 0;
  const moved = iban.slice(4) + iban.slice(0, 4);
  for (let index = 0; index < moved.length; index++) {
    const code = moved.charCodeAt(index);
    remainder = code > 57 ? (remainder * 100 + code - 55) % 97 : (remainder * 10 + code - 48) % 97;
  }
  return remainder;
}

/** ISO 7064 MOD 11,10, the check of the German tax id. */
export function mod11_10(digits: string): boolean {
  let product = 10;
  for (let index = 0; index < digits.length - 1; index++) {
    const sum = (digitAt(digits, index) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

const VERHOEFF_D = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const VERHOEFF_P = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Verhoeff's check, as Aadhaar has it. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index++) {
    const permuted = Number(VERHOEFF_P[index % 8]?.[digitAt(digits, digits.length - 1 - index)]);
    check = Number(VERHOEFF_D[check]?.[permuted]);
  }
  return check === 0;
}

/** True for a month of 1 to 12 and a day that it could have. */
export function isDay(month: number, day: number): boolean {
  const last = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return last !== undefined && day >= 1 && day <= last;
}

/** Reads two digits at a place. */
export const two = (digits: string, index: number): number => digitAt(digits, index) * 10 + digitAt(digits, index + 1);
