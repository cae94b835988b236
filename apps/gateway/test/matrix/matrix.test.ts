import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type FormatLab, openFormatLab } from '../format-lab.ts';
import { aiSdks } from './clients/ai-sdk.ts';
import { anthropic } from './clients/anthropic.ts';
import { google } from './clients/google.ts';
import { langChains } from './clients/langchain.ts';
import { openaiChat } from './clients/openai-chat.ts';
import { openaiResponses } from './clients/openai-responses.ts';
import { DIALECTS, type Dialect } from './dialects.ts';
import { faultSection, modelMatrix, type Table } from './document.ts';
import { FAULTS, type Fault, faultOutcome, leavingOutcome, STREAMS_ONLY } from './fault-outcomes.ts';
import type { Access, Client, Feature } from './features.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { watchFetch } from './watched-fetch.ts';

/** Every client library against every provider format; the result is `docs/model-matrix.md`. */
let lab: FormatLab;
let hasty: FormatLab;
let unwatch: () => void;
const tables: Table[] = [];
const faults: string[][] = [];
const PAGE = new URL('../../../../docs/model-matrix.md', import.meta.url);

const CLIENTS: readonly ((access: Access) => readonly Client[])[] = [
  (access) => [openaiChat(access), openaiResponses(access)],
  (access) => [anthropic(access), google(access)],
  aiSdks,
  langChains,
];

beforeAll(async () => {
  lab = await openFormatLab();
  hasty = await openFormatLab({ connectMs: 500, headersMs: 1500, totalMs: 2500 });
  unwatch = watchFetch();
});
afterAll(async () => {
  unwatch();
  await lab.close();
  await hasty.close();
});

async function tableOf({ name, tries }: Client): Promise<Table> {
  const rows = new Map<Feature, Outcome[]>();
  for (const [feature, attempt] of Object.entries(tries)) {
    const outcomes: Outcome[] = [];
    for (const format of FORMATS) outcomes.push(await outcomeOf(lab, format, attempt));
    rows.set(feature as Feature, outcomes);
  }
  return { client: name, rows };
}

/** One outcome for both providers, or both. */
async function cellOf(dialect: Dialect, outcome: (format: string) => Promise<string>): Promise<string> {
  const [own, other] = await Promise.all(dialect.formats.map(outcome));
  return own === other ? String(own) : `${own}; ${dialect.formats[1]}: ${other}`;
}

const WAYS = DIALECTS.flatMap((dialect) => [
  { dialect, stream: false },
  { dialect, stream: true },
]);

const failed = ({ rows }: Table): string[] =>
  [...rows].flatMap(([feature, outcomes]) =>
    outcomes.flatMap((outcome, at) => (outcome.startsWith('FAILED') ? `${feature} × ${FORMATS[at]}: ${outcome}` : [])),
  );

describe('unmodified clients with providers of every format', () => {
  it.each(CLIENTS)('get every feature, or are told which field has no place', { timeout: 240_000 }, async (make) => {
    const made: Table[] = [];
    for (const client of make({ url: lab.world.url, key: lab.key })) made.push(await tableOf(client));
    tables.push(...made);
    expect(made.flatMap((table) => failed(table).map((line) => `${table.client}: ${line}`))).toEqual([]);
  });

  it('never take a fault for a success, and leave nothing running', { timeout: 240_000 }, async () => {
    for (const [fault, words] of Object.entries(FAULTS) as [Fault, string][]) {
      const cells = WAYS.map(async ({ dialect, stream }) =>
        stream || !STREAMS_ONLY.has(fault)
          ? cellOf(dialect, (format) => faultOutcome(hasty, dialect, format, stream, fault))
          : 'streams only',
      );
      faults.push([words, ...(await Promise.all(cells))]);
    }
    const left = ['**the client leaves**'];
    for (const { dialect, stream } of WAYS) {
      left.push(await cellOf(dialect, (format) => leavingOutcome(lab, dialect, format, stream)));
    }
    faults.push(left);
    expect(faults.flat().filter((cell) => cell.includes('FAILED'))).toEqual([]);
  });

  it('are told of in the page as they are', async () => {
    const head = ['', ...WAYS.map(({ dialect, stream }) => `${dialect.name} ${stream ? 'streamed' : 'whole'}`)];
    const page = modelMatrix(tables, FORMATS, faultSection(head, faults));
    if (process.env['UPDATE_MODEL_MATRIX'] === '1') await writeFile(PAGE, page);
    const committed = await readFile(PAGE, 'utf8');
    expect(committed, 'stale: UPDATE_MODEL_MATRIX=1 npm test -- unit gateway/test/matrix writes it').toBe(page);
  });
});
