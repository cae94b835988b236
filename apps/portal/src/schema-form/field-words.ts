/** Words that are written as they are wherever they stand in a name. */
const FIXED: ReadonlyMap<string, string> = new Map(
  [
    'IP',
    'JWT',
    'JWKS',
    'URL',
    'URI',
    'JSON',
    'XML',
    'HMAC',
    'TLS',
    'CIDR',
    'HTTP',
    'API',
    'TTL',
    'CORS',
    'WAF',
    'DNS',
    'GCRA',
    'SQL',
    'SOAP',
    'WSDL',
    'RPC',
    'CEL',
  ]
    .map((word) => [word.toLowerCase(), word] as const)
    .concat([
      ['id', 'ID'],
      ['ids', 'IDs'],
      ['urls', 'URLs'],
      ['ips', 'IPs'],
      ['oauth', 'OAuth'],
    ]),
);

export interface Unit {
  readonly label: string;
  /** How many of the field's own unit it is. */
  readonly size: number;
}

const MILLISECONDS: readonly Unit[] = [
  { label: 'ms', size: 1 },
  { label: 'seconds', size: 1000 },
  { label: 'minutes', size: 60_000 },
  { label: 'hours', size: 3_600_000 },
];
const SECONDS: readonly Unit[] = [
  { label: 'seconds', size: 1 },
  { label: 'minutes', size: 60 },
  { label: 'hours', size: 3600 },
  { label: 'days', size: 86_400 },
];
const BYTES: readonly Unit[] = [
  { label: 'bytes', size: 1 },
  { label: 'KiB', size: 1024 },
  { label: 'MiB', size: 1_048_576 },
];
const KILOBYTES: readonly Unit[] = [
  { label: 'KiB', size: 1 },
  { label: 'MiB', size: 1024 },
];

/** Endings of field names that say a unit. */
const ENDINGS: readonly (readonly [RegExp, readonly Unit[]])[] = [
  [/Ms$/, MILLISECONDS],
  [/Seconds$/, SECONDS],
  [/^seconds$/, SECONDS],
  [/Bytes$/, BYTES],
  [/Kb$/, KILOBYTES],
  [/Percent$/, [{ label: '%', size: 1 }]],
];

/** Units that a schema names. */
const NAMED: Readonly<Record<string, readonly Unit[]>> = { basisPoints: [{ label: '%', size: 100 }] };

/** The units a field may be written in: the one its schema names, or from the ending of its name; none for counts. */
export function unitsOf(name: string, unit?: string): readonly Unit[] {
  return (unit && NAMED[unit]) || (ENDINGS.find(([ending]) => ending.test(name))?.[1] ?? []);
}

/** Without what binary fractions leave behind: 0.29 × 100 is 29. */
export function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** The largest unit that a value is a whole number of. */
export function unitFor(value: number, units: readonly Unit[]): Unit | undefined {
  return units.findLast(({ size }) => value !== 0 && value % size === 0) ?? units[0];
}

/** `maxBodyBytes` is “Max body”: the unit stands beside the field. Names of policies and choices read alike. */
export function labelOf(name: string): string {
  const bare = name.replace(/(?<=.)(?:Ms|Seconds|Bytes|Kb|Percent)$/, '');
  const words = bare
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => FIXED.get(word.toLowerCase()) ?? word.toLowerCase());
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One of several: `Rules` → `rule`, `Addresses` → `address`. */
export function singular(label: string): string {
  const lower = label.charAt(0).toLowerCase() + label.slice(1);
  if (/(?:ss|x|ch|sh)es$/.test(lower)) return lower.slice(0, -2);
  if (lower.endsWith('ies')) return `${lower.slice(0, -3)}y`;
  return /[^s]s$/.test(lower) ? lower.slice(0, -1) : lower;
}
