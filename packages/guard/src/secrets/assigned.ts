import { type Detector, LOOK_BEHIND, MORE } from '../scan/detector.ts';
import { isPlaceholder } from './keys.ts';

/** What is assigned to a name like these is a secret if it looks random enough for one. */
const SAYS_KEY =
  /(?:api[ _-]?key|access[ _-]?key|secret(?:[ _-]?(?:key|access[ _-]?key|token))?|client[ _-]?secret|private[ _-]?key|auth(?:orization|[ _-]?token)?|(?:access|refresh|bearer|session|bot|api|auth|id|deploy)[ _-]?token|token|signing[ _-]?key|encryption[ _-]?key|account[ _-]?key|shared[ _-]?access[ _-]?(?:key|signature)|webhook[ _-]?(?:secret|key)|\bsig|credentials?)["'`\])*]{0,3}\s{0,3}(?:is\s?|ist\s?|est\s?|es\s?)?$/i;
const SAYS_PASSWORD =
  /(?:pass(?:word|wd|phrase|code)|\bpass|\bpwd|\bpw|passwort|kennwort|mot de passe|contrase[ñn]a|senha|wachtwoord|парол[ья]|密码|パスワード|비밀번호)["'`\])*]{0,3}\s{0,3}(?:is\s?|ist\s?|est\s?|es\s?)?$/i;

const MOST = 160;

/** Bits by character, of a text's own characters (Shannon). */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const looksRandom = (text: string): boolean =>
  text.length >= 16 &&
  /\d/.test(text) &&
  /[A-Za-z]/.test(text) &&
  entropy(text) >= (/^[0-9a-f-]+$/i.test(text) ? 2.8 : 3.4);

/** Names of variables, calls and templates, which only stand for a secret. */
const STANDS_FOR =
  /^(?:\$|%|\{|\[|<|process\.|os\.|env\.|import\.|self\.|this\.|config\.|settings\.|request\.|req\.|ctx\.|get|await |new |fetch|None|null|nil|undefined|true|false|string|str\b|required|optional|z\.|\*+|x{4,}|\.{3})/i;

const VALUE = /^\s{0,3}(?:=>?|:)?\s{0,3}(?:(?:Bearer|Basic|Token) )?(["'`]?)([^\s"'`,;<>]{4,128})/;

/** Secrets by the name before them: `password: …`, `API_KEY=…`, `"client_secret": "…"`, `Authorization: Bearer …`. */
export const assignedSecrets: Detector = {
  name: 'assignedSecret',
  starts: ['assign'],
  applies: (text, at) => {
    const before = text.slice(Math.max(0, at - LOOK_BEHIND), at);
    return SAYS_KEY.test(before) || SAYS_PASSWORD.test(before);
  },
  reach: (text, at) => {
    const most = Math.min(text.length, at + MOST);
    let seen = false;
    for (let index = at + 1; index < most; index++) {
      const code = text.charCodeAt(index);
      const quote = code === 34 || code === 39 || code === 96;
      if (seen && (quote || code <= 32) && !/(?:Bearer|Basic|Token)$/i.test(text.slice(at, index))) return index + 1;
      if (code > 32 && !quote && code !== 61 && code !== 62 && code !== 58) seen = true;
      if (!seen && code === 10) return index + 1;
    }
    return most === at + MOST ? most : MORE;
  },
  longest: MOST,
  find: (piece, context) => {
    const match = VALUE.exec(piece.slice(1).replace(/^[=>:]/, ' '));
    const value = match?.[2]?.replace(/[.)\]}]+$/, '');
    if (!match || !value || STANDS_FOR.test(value) || isPlaceholder(value)) return undefined;
    const from = 1 + match[0].length - (match[2]?.length ?? 0);
    const hit = { from, to: from + value.length, kind: 'secret' } as const;
    const before = context();
    if (SAYS_KEY.test(before) && looksRandom(value)) return { ...hit, rule: 'secret.assigned', score: 0.85 };
    if (SAYS_PASSWORD.test(before) && isPassword(value, match[1] ?? ''))
      return { ...hit, rule: 'secret.password', score: 0.8 };
    return undefined;
  },
};

const SAID =
  /(?:pass(?:word|phrase|code)|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord)(?: for [^\n]{1,30})? (?:is|was|to|ist|lautet|est|es|é|è) ["'`]?$/i;

/** Passwords in a sentence: `the password is …`. */
export const saidPasswords: Detector = {
  name: 'saidPassword',
  starts: ['letter', 'digit'],
  plainWords: true,
  applies: (text, at) =>
    /[stoéè] ["'`]?$/.test(text.slice(Math.max(0, at - 3), at)) &&
    SAID.test(text.slice(Math.max(0, at - LOOK_BEHIND), at)),
  reach: (text, at) => {
    const most = Math.min(text.length, at + 64);
    for (let index = at; index < most; index++) if (/[\s"'`]/.test(text[index] ?? ' ')) return index + 1;
    return most === at + 64 ? most : MORE;
  },
  longest: 64,
  find: (piece) => {
    const value = piece.replace(/[\s"'`]$/, '').replace(/[.,;)]+$/, '');
    if (
      value.length < 6 ||
      !/\d/.test(value) ||
      !/[A-Za-z]/.test(value) ||
      STANDS_FOR.test(value) ||
      isPlaceholder(value)
    )
      return undefined;
    return { from: 0, to: value.length, kind: 'secret', rule: 'secret.said-password', score: 0.7 };
  },
};

/** A password holds more than letters, or is quoted; calls, types and paths are none. */
function isPassword(value: string, quote: string): boolean {
  if (value.length < 6 || /[(){}]/.test(value) || /^https?:/i.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9_.-]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2
    ? /[\d]|[^A-Za-z0-9_.-]/.test(value)
    : quote !== '' && value.length >= 8 && !/^[a-z]+(?:[_-][a-z]+)+$/i.test(value) && /\d/.test(value);
}
