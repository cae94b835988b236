import { charset, type Detector, LOOK_BEHIND, MORE, runOf } from '../scan/detector.ts';

/** Given names that begin a name on their own, of several countries; far from all there are. */
const GIVEN = new Set(
  (
    'aaron adam ahmed aisha alan alejandro alessandro alex alexander alice amanda amelia amy ana andrea andreas andrew angela anna anne ' +
    'anthony antonio arjun arthur ashley barbara beatriz ben benjamin bernd brandon brian bruno camille carlos carmen carol caroline ' +
    'catherine charles charlotte chiara chloe christian christina christopher claire clara claudia cynthia daniel daniela david deborah ' +
    'deepak dennis diana diego dmitri donald donna dorothy edward elena elif elizabeth ella emily emma enrique eric erik eva fatima felix ' +
    'fernando florian francesca francesco frank gabriel george giovanni giulia gloria greta hannah hans hassan heather heidi helen helena ' +
    'henry hiroshi hugo ian ines ingrid irene isabel isabella ivan jack jacob james jan janet jane jason javier jean jennifer jessica joan ' +
    'joao johan johannes john jonas jonathan jorge jose joseph joshua juan julia julie julien jürgen karen karin karl katarzyna katherine ' +
    'kathleen katja kenji kenneth kevin klaus laura lars laurent lea lena leo leon leonardo linda lisa louis louise luca lucas lucia luis ' +
    'luisa lukas magda malik manuel marco margaret maria mariana marie mario marion mark markus marta martin mary matteo matthew maximilian ' +
    'mehmet mei melissa michael michel michelle miguel mohamed mohammed monika muhammad nadia nancy natalia nathan nicholas nicolas nicole ' +
    'nikolai nina noah nora olga oliver olivia omar oscar otto pablo paolo patricia patrick paul paula pedro peter petra philip pierre piotr ' +
    'priya rachel rafael rahul raj ralf rania raymond rebecca renate ricardo richard robert roberto roger rosa ruth ryan sabine salma samuel ' +
    'sandra sanjay sara sarah sebastian sergei sharon shirley silvia simon simone sofia sonia sophia sophie stefan stephanie stephen steven ' +
    'susan susanne svetlana takeshi teresa theresa thomas timothy tobias tomas ursula valentina vanessa victor victoria vikram vincent virginia ' +
    'vladimir walter wei wilhelm william wolfgang xavier yasmin yuki yusuf yvonne zofia'
  ).split(' '),
);

const TITLE =
  /(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Herr|Frau|Herrn|Monsieur|Madame|Mme|Mlle|Señor|Señora|Sr|Sra|Sig|Signor|Signora|Dhr|Mevr|Pan|Pani)\.?|\b(?:my name is|I am|I'm|this is|called|ich heiße|mein Name ist|je m'appelle|me llamo|mi chiamo|meu nome é|ik heet|named|signed(?: by)?|patient|customer|contact|attn|name)\s?:?) $/i;
const GREETING =
  /(?:^|\n)(?:Dear|Hi|Hello|Hey|Liebe|Lieber|Hallo|Cher|Chère|Querido|Querida|Estimado|Estimada|Caro|Cara|Gentile|Beste) $|(?:regards|cheers|sincerely|best|thanks|grüße|grüßen|cordialement|saludos),?\n+$/i;
const PART = "[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]+(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)?";
const JOIN = '(?: (?:de|da|di|del|della|van|von|der|den|la|le|bin|al|el|dos|[A-Z]\\.))*';
const FULL = new RegExp(`^${PART}(?:${JOIN} ${PART}){1,3}`);
const ONE = new RegExp(`^${PART}`);
const NOT_NAMES = new Set(
  'the a an this that there you your our we all team sir madam both everyone everybody not sorry happy glad here looking writing january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday'.split(
    ' ',
  ),
);

const upTo = (longest: number) => (text: string, at: number) => (text.length >= at + longest ? at + longest : MORE);
const capital = (text: string, at: number) => {
  const code = text.charCodeAt(at);
  return (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde);
};

/** Names of people behind titles, greetings and words that announce one, or that begin with a given name on a list of 340. */
export const personNames: Detector = {
  name: 'name',
  starts: ['any'],
  plainWords: true,
  applies: (text, at) => capital(text, at) && !/[\p{L}\d@_]$/u.test(text.slice(Math.max(0, at - 1), at)),
  reach: upTo(64),
  longest: 64,
  find: (piece, context) => {
    const full = FULL.exec(piece)?.[0];
    const first = (ONE.exec(piece)?.[0] ?? '').toLowerCase();
    if (first === '' || NOT_NAMES.has(first)) return undefined;
    const before = context();
    const announced = TITLE.test(before) || GREETING.test(before);
    if (full && (announced || GIVEN.has(first))) {
      return {
        from: 0,
        to: full.length,
        rule: announced ? 'name.announced' : 'name.given',
        kind: 'name',
        score: announced ? 0.8 : 0.6,
      };
    }
    return announced && (GIVEN.has(first) || /\b(?:Mr|Mrs|Ms|Dr|Herr|Frau|Mme)\.? $/.test(before))
      ? { from: 0, to: first.length, rule: 'name.announced', kind: 'name', score: 0.7 }
      : undefined;
  },
};

const STREETS: readonly RegExp[] = [
  /^\d{1,5}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][A-Za-z'’]+ |\d{1,3}(?:st|nd|rd|th) ){1,4}(?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Blvd|Boulevard|Dr(?:ive)?|Lane|Ln|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close|Crescent|Parkway|Pkwy|Highway|Hwy)\b\.?(?:,? (?:Apt|Suite|Unit|Flat|#) ?[\w-]{1,6})?(?:, [A-Z][A-Za-z .'-]{2,24}(?:, [A-Z]{2} \d{5}(?:-\d{4})?)?)?/,
  /^[A-ZÄÖÜ][a-zäöüß-]{2,24}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer) \d{1,4} ?[a-z]?\b(?:, \d{4,5} [A-ZÄÖÜ][a-zäöüß]+)?/,
  /^[A-Z][a-z]{2,20}(?:straat|laan|gracht|plein|kade|dijk) \d{1,4}\b(?:,? \d{4} ?[A-Z]{2}\b)?/,
  /^\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|impasse|chemin|allée|quai) (?:de |du |des |de la |d'|l')?[A-ZÀ-Ý][\wÀ-ÿ' -]{2,30}(?:,? \d{5} [A-ZÀ-Ý][a-zà-ÿ]+)?/i,
  /^(?:Calle|C\/|Avenida|Av\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Praça) (?:de |del |della |la |las |los |dos |da )?[A-ZÀ-Ý][\wÀ-ÿ' ]{2,28},? (?:n[º°.] ?)?\d{1,4}\b/,
  /^P\.? ?O\.? Box \d{1,6}\b/,
];

/** Street addresses in the forms of English, German, Dutch, French, Spanish, Italian and Portuguese. */
export const streetAddresses: Detector = {
  name: 'address',
  starts: ['any'],
  plainWords: true,
  applies: (text, at) => {
    const code = text.charCodeAt(at);
    return (
      (capital(text, at) || (code >= 49 && code <= 57)) && !/[\p{L}\d@_.,]$/u.test(text.slice(Math.max(0, at - 1), at))
    );
  },
  reach: upTo(112),
  longest: 112,
  find: (piece) => {
    for (const street of STREETS) {
      const text = street.exec(piece)?.[0];
      if (text) return { from: 0, to: text.length, rule: 'address.street', kind: 'address', score: 0.75 };
    }
    return undefined;
  },
};

const SAYS_PASSPORT =
  /(?:passport|reisepass|passeport|pasaporte|passaporto|paspoort|passaporte|паспорт|护照|旅券|driv(?:er|ing)[’']?s? licen[cs]e|führerschein|permis de conduire)[^\n]{0,20}$/i;

/** Numbers of passports and driving licences: six to twelve letters and digits behind words that say so. No country is checked. */
export const passports: Detector = {
  name: 'passport',
  starts: ['digit', 'letter'],
  applies: (text, at) => SAYS_PASSPORT.test(text.slice(Math.max(0, at - LOOK_BEHIND), at)),
  reach: runOf(charset('0-9A-Za-z'), 16),
  longest: 16,
  find: (piece) => {
    const text = /^(?=[A-Z]*\d)[A-Z0-9]{6,12}(?![A-Za-z0-9])/.exec(piece)?.[0];
    if (!text || text.replace(/\D/g, '').length < 4) return undefined;
    return { from: 0, to: text.length, rule: 'passport.announced', kind: 'passport', score: 0.7 };
  },
};
