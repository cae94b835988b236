import type { ExportRow } from './export-row.ts';

export const CAUSES = [
  'timeZone',
  'outside',
  'notInExport',
  'missingPrice',
  'price',
  'estimated',
  'currency',
  'modelUnknown',
] as const;
export type Cause = (typeof CAUSES)[number];

/** What of calls is compared. */
export interface Figures {
  readonly calls: number | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNano: bigint | null;
}

/** What we have of a day and model of a provider. */
export interface OurRow {
  readonly day: string;
  readonly model: string;
  readonly currency: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costNano: bigint;
  /** Calls with tokens and no price. */
  readonly unpriced: number;
  /** Calls whose tokens were counted here, as the provider did not tell them. */
  readonly estimated: number;
}

export interface Compared {
  readonly day: string;
  /** `null`: of all models together. */
  readonly model: string | null;
  readonly theirs: Figures;
  readonly ours: Figures;
  readonly agrees: boolean;
  readonly causes: readonly Cause[];
}

const COUNTS = ['calls', 'inputTokens', 'cachedInputTokens', 'outputTokens'] as const;
/** Providers round costs: a difference below half a hundredth of it, or below a cent, is none. */
const COST_PPM = 5_000n;
const CENT_NANO = 10_000_000n;

/**
 * Sets an export beside our own figures, by day of UTC and model; only what the export tells is compared. A model that the export
 * names with a date (`gpt-5-2025-08-07`) is the one we know without, if we do not know it with.
 */
export function compareUsage(
  theirs: readonly ExportRow[],
  ours: readonly OurRow[],
  currency: string | null,
): Compared[] {
  const byModel = theirs.every(({ model }) => model !== null);
  const known = new Set(ours.map(({ model }) => model));
  const keyOf = (day: string, model: string | null): string => `${day} ${byModel ? (model ?? '') : ''}`;
  const theirsBy = Map.groupBy(theirs, (row) => keyOf(row.day, row.model === null ? null : knownAs(row.model, known)));
  const oursBy = Map.groupBy(ours, (row) => keyOf(row.day, row.model));
  const rows = [...new Set([...theirsBy.keys(), ...oursBy.keys()])].toSorted(byText).map((key) => {
    const [day = ''] = key.split(' ', 1);
    const mine = oursBy.get(key) ?? [];
    const told = theirsBy.get(key) ?? [];
    const tells = told.length > 0 ? told : theirs;
    return {
      day,
      model: byModel ? key.slice(day.length + 1) : null,
      theirs: told.length > 0 ? sumTheirs(told) : nothingOf(sumTheirs(tells)),
      ours: sumOurs(mine, currency),
      mine,
    };
  });
  const overall = Map.groupBy(rows, ({ model }) => model ?? '');
  return rows.map(({ mine, ...row }) => {
    const agrees = sameFigures(row);
    const whole = overall.get(row.model ?? '') ?? [];
    const shifted = !agrees && whole.length > 1 && sameFigures(addedUp(whole));
    return { ...row, agrees, causes: agrees ? [] : causesOf(row, mine, { shifted, currency, known }) };
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function knownAs(model: string, known: ReadonlySet<string>): string {
  if (known.has(model)) return model;
  const undated = model.replace(/-(?:\d{8}|\d{4}-\d\d-\d\d)$/, '');
  return known.has(undated) ? undated : model;
}

type Both = Pick<Compared, 'theirs' | 'ours'>;

function sameFigures({ theirs, ours }: Both): boolean {
  if (!COUNTS.every((name) => theirs[name] === null || theirs[name] === ours[name])) return false;
  return sameCost(theirs.costNano, ours.costNano ?? 0n);
}

function sameCost(theirs: bigint | null, ours: bigint): boolean {
  if (theirs === null) return true;
  const apart = theirs > ours ? theirs - ours : ours - theirs;
  return apart < CENT_NANO || apart * 1_000_000n <= theirs * COST_PPM;
}

function causesOf(
  row: Both & { readonly model: string | null },
  mine: readonly OurRow[],
  about: { readonly shifted: boolean; readonly currency: string | null; readonly known: ReadonlySet<string> },
): Cause[] {
  if (about.shifted) return ['timeZone'];
  const { theirs, ours } = row;
  const more = (a: Figures, b: Figures): boolean => COUNTS.some((name) => (a[name] ?? 0) > (b[name] ?? 0));
  const told = COUNTS.some((name) => theirs[name] !== null);
  const sameCounts = told && COUNTS.every((name) => theirs[name] === null || theirs[name] === ours[name]);
  const costs = !sameCost(theirs.costNano, ours.costNano ?? 0n);
  const foreign = mine.some((one) => about.currency !== null && one.currency !== about.currency && one.costNano > 0n);
  const unpriced = mine.some((one) => one.unpriced > 0);
  const causes: (Cause | false)[] = [
    row.model !== null && !about.known.has(row.model) && 'modelUnknown',
    foreign && costs && 'currency',
    unpriced && costs && 'missingPrice',
    mine.some((one) => one.estimated > 0) && !sameCounts && told && 'estimated',
    told && more(theirs, theirs.calls === null ? { ...ours, calls: null } : ours) && 'outside',
    told && COUNTS.some((name) => theirs[name] !== null && (ours[name] ?? 0) > (theirs[name] ?? 0)) && 'notInExport',
    costs && !foreign && !unpriced && (sameCounts || (!told && mine.length > 0)) && 'price',
    costs && !told && mine.length === 0 && 'outside',
    costs && !told && theirs.costNano === 0n && 'notInExport',
  ];
  return CAUSES.filter((cause) => causes.includes(cause));
}

function sumTheirs(rows: readonly ExportRow[]): Figures {
  const count = (name: (typeof COUNTS)[number]): number | null =>
    rows.some((row) => row[name] !== null) ? rows.reduce((sum, row) => sum + (row[name] ?? 0), 0) : null;
  return {
    calls: count('calls'),
    inputTokens: count('inputTokens'),
    cachedInputTokens: count('cachedInputTokens'),
    outputTokens: count('outputTokens'),
    costNano: rows.some(({ costNano }) => costNano !== null)
      ? rows.reduce((sum, { costNano }) => sum + (costNano ?? 0n), 0n)
      : null,
  };
}

/** An export that tells of a figure and has no line for a day tells of none there. */
function nothingOf(figures: Figures): Figures {
  const none = (value: number | null): number | null => (value === null ? null : 0);
  return {
    calls: none(figures.calls),
    inputTokens: none(figures.inputTokens),
    cachedInputTokens: none(figures.cachedInputTokens),
    outputTokens: none(figures.outputTokens),
    costNano: figures.costNano === null ? null : 0n,
  };
}

function sumOurs(rows: readonly OurRow[], currency: string | null): Figures {
  const count = (name: (typeof COUNTS)[number]): number => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    calls: count('calls'),
    inputTokens: count('inputTokens'),
    cachedInputTokens: count('cachedInputTokens'),
    outputTokens: count('outputTokens'),
    costNano: rows.reduce(
      (sum, row) => (currency === null || row.currency === currency ? sum + row.costNano : sum),
      0n,
    ),
  };
}

/** Several days or models as one. */
export function addedUp(rows: readonly Both[]): Both {
  const add = (side: 'theirs' | 'ours'): Figures => {
    const count = (name: (typeof COUNTS)[number]): number | null =>
      rows.some((row) => row[side][name] !== null) ? rows.reduce((sum, row) => sum + (row[side][name] ?? 0), 0) : null;
    return {
      calls: count('calls'),
      inputTokens: count('inputTokens'),
      cachedInputTokens: count('cachedInputTokens'),
      outputTokens: count('outputTokens'),
      costNano: rows.some((row) => row[side].costNano !== null)
        ? rows.reduce((sum, row) => sum + (row[side].costNano ?? 0n), 0n)
        : null,
    };
  };
  return { theirs: add('theirs'), ours: add('ours') };
}
