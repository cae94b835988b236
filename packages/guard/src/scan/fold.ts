import { rangesClass } from './ranges.ts';

/** Characters that nobody sees: joiners, marks of direction, soft hyphens, selectors of variants. */
const INVISIBLE_RANGES = '00ad 180e 200b-200f 202a-202e 2060-2064 2066-206f fe00-fe0f feff';
const INVISIBLE = new RegExp(`[${rangesClass(INVISIBLE_RANGES)}]`);

/**
 * Characters that look like ASCII to a reader, one for one, so that places stay the same: full-width forms, digits of other
 * scripts, dashes, spaces; with the invisible ones, which the scanner leaves out.
 */
const ODD = new RegExp(
  `[${rangesClass(`${INVISIBLE_RANGES} 00a0 0660-0669 06f0-06f9 0966-096f 2000-200a 2010-2015 202f 205f 2212 3000 fe63 ff01-ff5e`)}]`,
);

const RANGES: readonly (readonly [from: number, to: number, base: number])[] = [
  [0xff01, 0xff5e, 0x21],
  [0x0660, 0x0669, 0x30],
  [0x06f0, 0x06f9, 0x30],
  [0x0966, 0x096f, 0x30],
];

/** True if a text needs `foldCharacter` or `isInvisible` at all; nearly none does. */
export const isOdd = (text: string): boolean => ODD.test(text);

export const isInvisible = (character: string): boolean => INVISIBLE.test(character);

/** One UTF-16 unit as ASCII where a reader would take it for that. */
export function foldCharacter(character: string): string {
  const code = character.charCodeAt(0);
  for (const [from, to, base] of RANGES) {
    if (code >= from && code <= to) return String.fromCharCode(base + code - from);
  }
  if (code === 0xa0 || code === 0x3000 || code === 0x205f || code === 0x202f) return ' ';
  if (code >= 0x2000 && code <= 0x200a) return ' ';
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe63) return '-';
  return character;
}
