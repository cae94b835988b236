import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { count, isRecord, type Statement, text } from './records.ts';

/** Its provider names and ours. A provider that is not here is left out. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  arcee: 'arcee',
  aws: 'bedrock',
  azure: 'azure',
  baseten: 'baseten',
  cerebras: 'cerebras',
  cloudflare: 'cloudflare',
  cohere: 'cohere',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  novita: 'novita',
  openai: 'openai',
  openrouter: 'openrouter',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity',
  together: 'together',
  voyageai: 'voyage',
  'x-ai': 'xai',
  zai: 'zai',
  zhipuai: 'zhipuai',
};

/** Models of the maker are what its own provider sells, not what it hosts of others. */
const MAKERS = new Set([
  'anthropic',
  'cohere',
  'deepseek',
  'minimax',
  'mistral',
  'moonshotai',
  'openai',
  'perplexity',
  'voyage',
  'xai',
  'zai',
]);

/** `@pydantic/genai-prices` keeps its data as the first constant of its bundle and exports none of it. */
export function readPrices(folder: string): Statement[] {
  const bundle = readFileSync(join(folder, 'dist/index.js'), 'utf8');
  const start = bundle.indexOf('[');
  const end = bundle.indexOf('\n]', start);
  if (!/^const \w+ = $/.test(bundle.slice(0, start)) || end < 0) {
    throw new Error('@pydantic/genai-prices no longer starts with its data: read-prices.ts must learn the new form.');
  }
  // A literal, evaluated in an empty context: nothing of the package runs.
  const json: unknown = runInNewContext(`JSON.stringify(${bundle.slice(start, end + 2)})`, {});
  const data: unknown = JSON.parse(String(json));
  if (!Array.isArray(data)) throw new Error('@pydantic/genai-prices holds no list of providers.');
  return data.filter(isRecord).flatMap((provider) => {
    const models = Array.isArray(provider['models']) ? provider['models'].filter(isRecord) : [];
    return models.flatMap((model) => statements(text(provider['id']) ?? '', model));
  });
}

function statements(sourceProvider: string, model: Record<string, unknown>): Statement[] {
  const id = text(model['id']);
  if (!id) return [];
  const names = namesIn(model['match']);
  const said = {
    source: '@pydantic/genai-prices',
    label: text(model['name']),
    contextTokens: count(model['context_window']),
    can: [],
    cannot: [],
    status: model['deprecated'] === true ? ('deprecated' as const) : undefined,
    prices: model['prices'],
  };
  return providersOf(sourceProvider, id).map((provider) => ({
    ...said,
    provider,
    byMaker: MAKERS.has(provider) || (sourceProvider === 'google' && !id.startsWith('claude')),
    name: nameAt(provider, id, names),
    aliases: names.filter((name) => usable(provider, name)),
  }));
}

/** Google's list holds for both of its doors; Claude is only behind Vertex AI. */
function providersOf(sourceProvider: string, id: string): string[] {
  if (sourceProvider === 'google')
    return id.startsWith('claude') || id.endsWith('-maas') ? ['vertex'] : ['gemini', 'vertex'];
  const provider = PROVIDERS[sourceProvider];
  return provider === undefined ? [] : [provider];
}

function nameAt(provider: string, id: string, names: readonly string[]): string {
  if (provider === 'fireworks') return names.find((name) => name.startsWith('accounts/')) ?? id;
  if (provider === 'bedrock') return id.replace(/^regional\./, 'us.');
  if (provider === 'vertex' && id.startsWith('claude'))
    return names.find((name) => /^claude-[a-z]+-\d/.test(name)) ?? id;
  return id;
}

/** A rule's text is a name only where it could be sent as one. */
function usable(provider: string, name: string): boolean {
  if (/[-@]$/.test(name) || name.includes(':free') || name.includes(':thinking')) return false;
  return provider !== 'bedrock' || /^[a-z-]+\.[a-z]+\./.test(name);
}

function namesIn(match: unknown): string[] {
  if (!isRecord(match)) return [];
  const own = ['equals', 'starts_with', 'contains'].flatMap((rule) => text(match[rule]) ?? []);
  const nested = Array.isArray(match['or']) ? match['or'].flatMap(namesIn) : [];
  return [...own, ...nested];
}
