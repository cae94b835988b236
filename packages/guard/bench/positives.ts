/** Writes positives: values made from published formats, set into sentences. A seed makes the same ones every time. */
/** `dev` and `second` are what the rules were made with; `blind` was written after them and read by none. */
export type DataSet = 'dev' | 'second' | 'blind';

export type Random = () => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const SETS: Readonly<Record<string, string>> = {
  '9': '0123456789',
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  a: 'abcdefghijklmnopqrstuvwxyz',
  h: '0123456789abcdef',
  H: '0123456789ABCDEF',
  w: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  u: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-',
  B: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  Z: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  b: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
};

/** `{h32}` becomes 32 characters of the set `h`; everything else stays. */
export function fill(random: Random, form: string): string {
  return form.replace(/\{(\w)(\d+)\}/g, (_, set: string, count: string) =>
    Array.from({ length: Number(count) }, () => pick(random, Array.from(SETS[set] ?? ''))).join(''),
  );
}

/** Digits with Luhn's check digit behind them. */
function withLuhn(digits: string): string {
  let sum = 0;
  Array.from(digits)
    .reverse()
    .forEach((digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    });
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function grouped(random: Random, digits: string, groups: readonly number[]): string {
  const separator = pick(random, ['', ' ', '-', ' ']);
  let at = 0;
  return groups.map((size) => digits.slice(at, (at += size))).join(separator);
}

function card(random: Random): string {
  const [prefix, length, groups] = pick<readonly [string, number, readonly number[]]>(random, [
    ['4', 16, [4, 4, 4, 4]],
    ['52', 16, [4, 4, 4, 4]],
    ['2301', 16, [4, 4, 4, 4]],
    ['34', 15, [4, 6, 5]],
    ['37', 15, [4, 6, 5]],
    ['6011', 16, [4, 4, 4, 4]],
    ['36', 14, [4, 6, 4]],
    ['3530', 16, [4, 4, 4, 4]],
    ['62', 16, [4, 4, 4, 4]],
    ['2200', 16, [4, 4, 4, 4]],
  ]);
  return grouped(random, withLuhn(prefix + fill(random, `{9${length - prefix.length - 1}}`)), groups);
}

function iban(random: Random): string {
  const [country, bban] = pick<readonly [string, string]>(random, [
    ['DE', '{918}'],
    ['GB', '{A4}{914}'],
    ['FR', '{910}{Z11}{92}'],
    ['ES', '{920}'],
    ['IT', '{A1}{910}{Z12}'],
    ['NL', '{A4}{910}'],
    ['BE', '{912}'],
    ['CH', '{95}{Z12}'],
    ['AT', '{916}'],
    ['PL', '{924}'],
    ['SE', '{920}'],
    ['NO', '{911}'],
    ['PT', '{921}'],
    ['IE', '{A4}{914}'],
    ['SA', '{92}{Z18}'],
  ]);
  const body = fill(random, bban);
  const numeric = Array.from(`${body}${country}00`)
    .map((one) => (/\d/.test(one) ? one : String(one.charCodeAt(0) - 55)))
    .join('');
  const compact = country + String(98n - (BigInt(numeric) % 97n)).padStart(2, '0') + body;
  return random() < 0.6 ? compact.replace(/(.{4})(?=.)/g, '$1 ') : compact;
}

const FIRST = [
  'anna',
  'b.jones',
  'carlos_m',
  'dieter-k',
  'e.lee+news',
  'f123',
  'x',
  'marie.claire',
  'info',
  'o_connor',
];
const DOMAIN = [
  'gmail.com',
  'mail.example.co.uk',
  'firma-gmbh.de',
  'uni.edu',
  'acme.io',
  'dept.gov.au',
  'xn--mller-kva.de',
  'orange.fr',
];

const PHONES: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    '+1 415 55{91} {94}',
    '(212) 55{91}-{94}',
    '+44 20 7946 0{93}',
    '+49 30 {98}',
    '+49 (0)171 {97}',
    '0171 {97}',
    '+33 6 12 {92} {92} {92}',
    '06 12 {92} {92} {92}',
    '+34 612 {93} {93}',
    '+39 347 {93} {94}',
    '+55 11 9{94}-{94}',
    '(11) 9{94}-{94}',
    '+91 98{93} {95}',
    '+81 90-{94}-{94}',
    '+86 138 {94} {94}',
    '+61 4{92} {93} {93}',
    '010-{94}-{94}',
    '415-55{91}-{94}',
    '07{93} {93} {93}',
    '+41 79 {93} {92} {92}',
  ],
  second: [
    '+1-650-55{91}-{94}',
    '1-800-55{91}-{94}',
    '650.55{91}.{94}',
    '(305)55{91}-{94}',
    '+442079460{93}',
    '020 7946 0{93}',
    '0161 496 0{93}',
    '+49-89-{97}',
    '089/{97}',
    '0049 40 {97}',
    '01 42 {92} {92} {92}',
    '+33142{96}',
    '612 {93} {93}',
    '+39 06 {94}{94}',
    '(21) {94}-{94}',
    '9{94} {95}',
    '+7 (916) {93}-{92}-{92}',
    '8 (916) {93}-{92}-{92}',
    '+48 601 {93} {93}',
    '+31 6 {98}',
    '06-{98}',
    '+90 532 {93} {92} {92}',
    '+972 54-{93}-{94}',
    '+27 82 {93} {94}',
    '+52 55 {94} {94}',
    '+65 9{93} {94}',
    '+353 86 {93} {94}',
    '03-{94}-{94}',
    '(02) 9{93} {94}',
    '+380 67 {93} {94}',
  ],
  blind: [
    '+1 (646) 55{91}-{94}',
    '+1.312.55{91}.{94}',
    '718-55{91}-{94}',
    '+44 7700 900{93}',
    '07700 900{93}',
    '(0131) 496 0{93}',
    '+49 151 {98}',
    '040 {93} {94}',
    '+33 (0)1 42 {92} {92} {92}',
    '07.81.{92}.{92}.{92}',
    '+34 91 {93} {92} {92}',
    '+39 02 {94} {94}',
    '+41 44 {93} {92} {92}',
    '+43 664 {97}',
    '+46 70 {93} {92} {92}',
    '+47 4{92} {92} {93}',
    '+45 {92} {92} {92} {92}',
    '+351 91{91} {93} {93}',
    '+55 (21) 9{94}-{94}',
    '+91-98{98}',
    '+82 10-{94}-{94}',
    '+966 5{91} {93} {94}',
    '+62 812-{94}-{94}',
    '+234 803 {93} {94}',
    '+64 21 {93} {93}',
    '+420 602 {93} {93}',
    '+36 30 {93} {94}',
    '+30 697 {93} {94}',
  ],
};

const SAID_PHONES: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    'Call me on {v}.',
    'Tel.: {v}',
    'Phone: {v}',
    'my mobile is {v} if needed',
    'Ruf mich unter {v} an',
    'mobile number {v}',
    '{v} is my number',
    'Reach us at {v} any time',
    'Tél. {v}',
    'contact: {v} (ask for Sam)',
  ],
  second: [
    'please ring {v} after six',
    'WhatsApp {v}',
    'Fax {v}',
    'Text me at {v}!',
    'Meine Handynummer: {v}',
    'tfno: {v}',
    'you get me at {v}',
    'hotline {v}, Mon-Fri',
    'téléphone : {v}',
    'Emergency contact {v} (wife)',
  ],
  blind: [
    'My phone number: {v}',
    'SMS to {v} please',
    'ring me back on {v}',
    'Mobil: {v}',
    'Telefon {v} (Sekretariat)',
    'Mon portable : {v}',
    'Mi móvil es {v}',
    'cell {v}',
    'Questions? {v}',
    '{v} (mobile)',
  ],
};

const BIRTHS: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    'DOB: {d}',
    'born on {d}',
    'Date of birth {d}',
    'geboren am {d}',
    'né le {d}',
    'fecha de nacimiento: {d}',
    'Geburtsdatum: {d}',
    'nata il {d}',
    'patient (dob {d})',
    'born {d} in Leeds',
  ],
  second: [
    'D.O.B. {d}',
    'birthday: {d}',
    'birthdate is {d}',
    'geb. {d}',
    'date de naissance : {d}',
    'nacida el {d}',
    'data de nascimento: {d}',
    'geboortedatum {d}',
    'data urodzenia: {d}',
    'My date of birth is {d}.',
    'дата рождения: {d}',
    'he was born on the {d}',
  ],
  blind: [
    'Born: {d}',
    'date of birth is {d}',
    'Her DOB is {d}',
    'geboren: {d}',
    'Née le {d}',
    'Fecha de nacimiento {d}',
    'Geburtstag: {d}',
    'born in Oslo on {d}',
    'Nascido em {d}',
    'fødselsdato {d}',
    'child (born {d})',
    '生年月日: {d}',
  ],
};

const DATES: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    '19{m}-0{n}-1{n}',
    '1{n}.0{n}.19{m}',
    '0{n}/1{n}/19{m}',
    '1{n} May 19{m}',
    'March 1{n}, 19{m}',
    '{n}.{n}.19{m}',
  ],
  second: [
    '1{n}-0{n}-19{m}',
    '19{m}/0{n}/2{n}',
    '{n} September 19{m}',
    'Oct {n}, 19{m}',
    '2{n}.1{k}.{m}',
    '1{n}th of June 19{m}',
  ],
  blind: [
    '0{n}-1{n}-19{m}',
    '{n}/{n}/19{m}',
    '19{m}.0{n}.1{n}',
    '1{n} Aug 19{m}',
    'December {n}, 19{m}',
    '{n}. März 19{m}',
    '1{n} de mayo de 19{m}',
  ],
};

function date(random: Random, form: string): string {
  return form
    .replaceAll('{m}', () => String(40 + Math.floor(random() * 60)))
    .replaceAll('{n}', () => String(1 + Math.floor(random() * 8)))
    .replaceAll('{k}', () => pick(random, ['0', '1', '2']));
}

const SENTENCES: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    '{v}',
    'It is {v}.',
    'Please note {v} for me',
    'Hello, {v}\nThanks',
    'value="{v}"',
    '({v})',
    'old: {v}, new: none',
    '- {v}',
    'Kunde: {v}',
    'name,{v},active',
    'My details: {v} and the rest follows',
    'Voici : {v}',
    '{"field":"{v}"}',
    'use {v}; it works',
    '> {v}',
    'Info [{v}] end',
  ],
  second: [
    'FYI {v}',
    'the one on file is {v}, right?',
    'Re: {v}',
    "'{v}'",
    '<td>{v}</td>',
    'a={v}&b=2',
    'Zahlung an {v} bitte',
    'recibido: {v}',
    '* {v} *',
    'was it {v}? or another',
    'row 7 | {v} | ok',
    'updated to {v} yesterday',
    '1) {v}',
    'contact {v}\n\nBest',
    'Data:\t{v}',
    '„{v}“',
  ],
  blind: [
    'Kindly update {v} in the system.',
    'here you go: {v}',
    '{v} (verified)',
    'id;{v};done',
    'we have {v} on record',
    'Betreff: {v}',
    '<b>{v}</b>',
    '[{v}]',
    '- old\n- {v}\n',
    'cc {v}',
    '{v}\n{v}',
    "c'est {v}",
    'let v = "{v}";',
    'I typed {v}, sorry',
    'entry={v},',
    '»{v}«',
  ],
};

/** Positives of one class: the text and the value it must find. */
export function personalPositives(kind: string, set: DataSet, count: number): { text: string; value: string }[] {
  const random = seeded({ dev: 11, second: 97, blind: 1009 }[set]);
  return Array.from({ length: count }, () => {
    if (kind === 'birthDate') {
      const value = date(random, pick(random, DATES[set]));
      return { text: pick(random, BIRTHS[set]).replace('{d}', value), value };
    }
    const value = valueOf(kind, set, random);
    const sentence = kind === 'phone' && random() < 0.7 ? pick(random, SAID_PHONES[set]) : pick(random, SENTENCES[set]);
    return { text: sentence.replace('{v}', () => value), value };
  });
}

function valueOf(kind: string, set: DataSet, random: Random): string {
  switch (kind) {
    case 'card':
      return card(random);
    case 'iban':
      return iban(random);
    case 'email':
      return `${pick(random, FIRST)}${random() < 0.5 ? fill(random, '{92}') : ''}@${pick(random, DOMAIN)}`;
    case 'phone':
      return fill(random, pick(random, PHONES[set]));
    case 'ip':
      return random() < 0.7
        ? `${pick(random, [8, 31, 45, 81, 93, 145, 185, 203])}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${26 + Math.floor(random() * 200)}`
        : fill(
            random,
            pick(random, [
              '2a02:8071:{h3}1::{h4}',
              '2001:db8:{h3}1:{h4}::1',
              '2600:1700:{h3}1:{h4}:{h4}:{h4}:{h4}:{h4}',
            ]),
          );
    case 'mac':
      return fill(
        random,
        pick(random, ['00:1b:{h2}:{h2}:{h2}:a{h1}', '3C-5A-{H2}-{H2}-{H2}-{H2}', 'a4:c{h1}:{h2}:{h2}:{h2}:0{h1}']),
      );
    default:
      return fill(random, '0x{h40}');
  }
}

/** Keys in the shapes their services print, written down apart from the rules. */
const KEYS: readonly string[] = [
  'AKIA{B16}',
  'ASIA{B16}',
  'ghp_{w36}',
  'gho_{w36}',
  'github_pat_{w22}_{w59}',
  'glpat-{u20}',
  'xoxb-{912}-{912}-{w24}',
  'xoxp-{911}-{911}-{912}-{h32}',
  'sk-proj-{u40}T3BlbkFJ{u40}',
  'sk-{w20}T3BlbkFJ{w20}',
  'sk-ant-api03-{u93}AA',
  'sk-or-v1-{h64}',
  'AIza{u35}',
  'GOCSPX-{u28}',
  'ya29.{u68}',
  'sk_live_{w24}',
  'sk_test_{w99}',
  'rk_live_{w24}',
  'whsec_{w32}',
  'SK{h32}',
  'SG.{u22}.{u43}',
  'key-{h32}',
  'xkeysib-{h64}-{w16}',
  'hf_{w34}',
  'r8_{w37}',
  'gsk_{w52}',
  'xai-{w80}',
  'pplx-{w48}',
  'nvapi-{u64}',
  'npm_{w36}',
  'pypi-AgEIcHlwaS5vcmc{u80}',
  'rubygems_{h48}',
  'dckr_pat_{u27}',
  'dop_v1_{h64}',
  'HRKU-{h8}-{h4}-{h4}-{h4}-{h12}',
  'dapi{h32}',
  'dp.pt.{w43}',
  'lin_api_{w40}',
  'ntn_{w46}',
  'secret_{w43}',
  'patAB12cd34EF56gh.{h64}',
  'ATATT3xFfGF0{u60}',
  'figd_{u40}',
  'PMAK-{h24}-{h34}',
  'NRAK-{Z27}',
  'sntrys_{w60}',
  'glsa_{w32}_{h8}',
  'hvs.{u90}',
  'pul-{h40}',
  'pscale_tkn_{u43}',
  'sbp_{h40}',
  'shpat_{h32}',
  'sq0atp-{u22}',
  '{99}:AA{u33}',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi{u30}.{u43}',
  'lsv2_pt_{h32}_{h10}',
  'pcsk_{w60}',
  'tskey-auth-{w12}-{w32}',
  'CCIPAT_{w22}_{h40}',
  'rzp_live_{w14}',
  're_{w8}_{w24}',
  'AGE-SECRET-KEY-1{b58}',
  'MT{w24}.{w6}.{u38}',
  'fo1_{u43}',
  'nfp_{w40}',
  'bkua_{h40}',
  'squ_{h40}',
  'dt0c01.{Z24}.{Z64}',
];

const SECRET_SENTENCES: Readonly<Record<DataSet, readonly string[]>> = {
  dev: ['{v}', 'my key is {v} thanks', 'export TOKEN={v}', 'token: "{v}"', '-H "x-api-key: {v}"', "const key = '{v}';"],
  second: [
    'use {v} for staging',
    '{"apiKey":"{v}"}',
    'I pasted {v} by mistake',
    'KEY={v}\nPORT=80',
    'curl -u {v}: https://api.example.com',
    '`{v}`',
  ],
  blind: [
    'key: {v}',
    'oops {v} leaked',
    "header 'authorization: bearer {v}'",
    'api({ token: "{v}" })',
    '[default]\nsecret={v}',
    '<code>{v}</code>',
  ],
};

/** What names a secret, with one that has no shape of its own. */
const ASSIGNED: Readonly<Record<DataSet, readonly string[]>> = {
  dev: [
    'password: {w5}!{92}',
    'PASSWORD={w10}{91}',
    'pwd = "{w6}#{w3}1"',
    'postgres://app:{w12}@db.internal:5432/prod',
    'client_secret={w32}',
    'AWS_SECRET_ACCESS_KEY={w40}',
    'the password is: {w4}${w4}7',
    'Authorization: Bearer {w40}',
    'api_key: {h32}',
    'secret_key = "{u50}"',
  ],
  second: [
    'pass: {w6}%{92}',
    'DB_PASSWORD="{w8}&{91}x"',
    'Passwort: {w5}?{92}',
    'mot de passe : {w6}!{91}',
    'mysql://root:{w10}@10.0.0.5/shop',
    'redis://:{w16}1@cache:6379',
    'accessToken: "{w36}"',
    'AccountKey={w86}==',
    'my password is {w5}!{w3}4',
    'refresh_token={u60}',
    'signing-key: {h64}',
    'contraseña: {w6}*{92}',
  ],
  blind: [
    'Password is {w4}#{w4}2',
    'passwd={w6}!{92}',
    '"password": "{w9}${91}"',
    'kennwort = {w7}+{92}',
    'ftp://deploy:{w11}@files.example.com/',
    'https://bot:{w24}1@git.example.com/repo.git',
    'CLIENT_SECRET: {w32}',
    'x-api-key: {h40}',
    "session_token = '{u48}'",
    'encryption_key={h64}',
    'login: bob / pw: {w6}!{92}',
    'my pass is {w5}{92}!',
  ],
};

export function secretPositives(set: DataSet, count: number): { text: string; value: string }[] {
  const random = seeded({ dev: 23, second: 41, blind: 2027 }[set]);
  return Array.from({ length: count }, (_, index) => {
    if (index % 4 === 3) {
      const text = fill(random, pick(random, ASSIGNED[set]));
      return { text, value: '' };
    }
    const value = fill(random, KEYS[index % KEYS.length] ?? '');
    return { text: pick(random, SECRET_SENTENCES[set]).replace('{v}', () => value), value };
  });
}
