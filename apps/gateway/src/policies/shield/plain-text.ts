const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  colon: ':',
  tab: ' ',
  newline: '\n',
  lpar: '(',
  rpar: ')',
  sol: '/',
  bsol: '\\',
};
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,7}));?/gi;
const ESCAPED = /%([0-9a-f]{2})/gi;
const UNICODE_ESCAPED = /%u([0-9a-f]{4})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi;
const MAX_ROUNDS = 3;

/** Percent-encoding undone once, byte by byte where it is no UTF-8; never throws. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

/** Comments of SQL become a space; what MySQL runs of one stays. Linear, also when none is closed. */
function withoutComments(text: string): string {
  let at = text.indexOf('/*');
  if (at === -1) return text;
  let out = '';
  let from = 0;
  while (at !== -1) {
    const end = text.indexOf('*/', at + 2);
    if (end === -1) break;
    out += `${text.slice(from, at)} `;
    if (text.charCodeAt(at + 2) === 33) out += `${text.slice(at + 3, end).replace(/^\d{0,6}/, '')} `;
    from = end + 2;
    at = text.indexOf('/*', from);
  }
  return out + text.slice(from);
}

/**
 * Text as the program behind might read it in the end: percent-encoding undone up to three times, entities and escapes resolved, wide
 * letters made narrow, comments of SQL taken out, lower case. Takes time linear in the length.
 */
export function plainText(text: string, plusIsSpace: boolean): string {
  let plain = plusIsSpace && text.includes('+') ? text.replaceAll('+', ' ') : text;
  for (let round = 0; round < MAX_ROUNDS && plain.includes('%'); round++) plain = percentDecoded(plain);
  if (plain.includes('%u') || plain.includes('\\u') || plain.includes('\\x')) {
    plain = plain.replace(UNICODE_ESCAPED, (_, a?: string, b?: string, c?: string) =>
      String.fromCharCode(Number.parseInt(a ?? b ?? c ?? '', 16)),
    );
  }
  if (plain.includes('&')) plain = plain.replace(ENTITY, entity);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything beyond ASCII is meant.
  if (/[^\0-\x7f]/.test(plain)) plain = plain.normalize('NFKC');
  return withoutComments(plain.toLowerCase());
}
