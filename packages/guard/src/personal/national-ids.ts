import { charset, type Detector, type Hit, runOf } from '../scan/detector.ts';
import { NATIONAL_IDS, type NationalId } from './national-id-table.ts';

/** Words that say an id comes, where its check alone proves too little. */
const SAYS_ID =
  /(?:\bssn\b|social security|soc(?:ial)? sec|tax ?(?:payer)?(?: file)?[ -]?(?:id|number|no|file)?\b|\btin\b|\btfn\b|\bsin\b|social insurance|insurance n|national (?:id|ident|insurance)|identity (?:card|no|number)|\bid[ -]?(?:card|number|no|code)?\b|\bnhs\b|health (?:card|number|service)|steuer|idnr|\bbsn\b|burgerservice|sofi|rijksregister|registre national|nif\b|contribuinte|nipc|pesel|personnummer|personal (?:id|number|code)|cpr\b|svnr|sozialversicherung|versicherungsnummer|cnp\b|egn\b|егн|cpf\b|aadhaar|aadhar|uidai|kimlik|tckn|t\.?c\.?\b|teudat|ת\.?ז|マイナンバー|my number|個人番号|บัตรประชาชน|sécurité sociale|身份证|pin\b)[^\n]{0,24}$/i;

/** Tables by how many digits come first; the letters' ones under -1. */
const BY_HEAD = new Map<number, NationalId[]>();
for (const id of NATIONAL_IDS) for (const head of heads(id)) BY_HEAD.set(head, [...(BY_HEAD.get(head) ?? []), id]);

/** How many digits a form may begin with, tried rather than written down twice. */
function heads({ form }: NationalId): number[] {
  const source = form.source;
  if (/^\^\[?[A-Z]/.test(source)) return [-1];
  return Array.from({ length: 18 }, (_, index) => index + 1);
}

const MOST = 32;

/** National ids of some thirty countries, each by its form and check digits, or with a word before it where those are weak. */
export const nationalIds: Detector = {
  name: 'nationalId',
  starts: ['digit', 'letter'],
  plainWords: true,
  applies: (text, at) => text.charCodeAt(at) < 91,
  reach: runOf(charset('0-9A-Z ./+-'), MOST),
  longest: MOST,
  find: (piece, context) => {
    if (piece.length < 9) return undefined;
    const leading = /^\d*/.exec(piece)?.[0].length ?? 0;
    let before: string | undefined;
    for (const id of BY_HEAD.get(leading === 0 ? -1 : leading) ?? []) {
      const text = id.form.exec(piece)?.[0];
      if (text === undefined || !id.valid(compact(text))) continue;
      before ??= context();
      if (/[\d$€£][.,:-]?$|[\w]-$/.test(before)) return undefined;
      if (id.needsWord && !SAYS_ID.test(before)) continue;
      return hitOf(id, text);
    }
    return undefined;
  },
};

const compact = (text: string): string => text.toUpperCase().replace(/[ ./-]/g, '');

function hitOf({ rule, score }: NationalId, text: string): Hit {
  return { from: 0, to: text.length, rule: `id.${rule}`, kind: 'nationalId', score };
}
