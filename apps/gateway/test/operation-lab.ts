import type { ProviderFormat } from '@parley/contracts/provider-format';
import type { PriceSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { api, apiKey, application, formatted, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

const KEY = 'sim-very-secret-key';
/** Where each format's provider is, under the simulator. */
const BASES: Partial<Record<ProviderFormat, string>> = {
  gemini: '/v1beta',
  cohere: '/v2',
  azure: '/openai',
  anthropic: '',
};

export interface OperationLab {
  readonly world: World;
  readonly simulator: Simulator;
  readonly key: string;
  /** Address of the model API, without `/v1`. */
  readonly apiUrl: string;
  close(): Promise<void>;
}

/** A gateway with models of several formats for what is not chat, named `{format}-{what}`, and those given besides; `priced`: some at other prices. */
export async function openOperationLab(
  more: Readonly<Record<string, string>> = {},
  policies: object = {},
  priced: Readonly<Record<string, Partial<PriceSnapshot>>> = {},
): Promise<OperationLab> {
  const world = await openWorld();
  const simulator = await startSimulator({});
  const lab = publisher(`ops-${newId().slice(-8)}`);
  const keys = [{ id: newId(), sealed: seal(lab.dataKey, KEY, 'provider_key'), weight: 1 }];
  const openai = provider(lab, `${simulator.url}/v1`, { keys });
  for (const what of ['embedding', 'image', 'speech', 'transcribe', 'whisper', 'moderation', 'rerank']) {
    model(lab, openai.id, `openai-${what}`, { providerModel: `sim-${what}` });
  }
  for (const [format, base] of Object.entries(BASES)) {
    const { id } = formatted(lab, format as ProviderFormat, simulator.url + base, { keys });
    for (const what of ['embedding', 'rerank', 'image'])
      model(lab, id, `${format}-${what}`, { providerModel: `sim-${what}` });
  }
  for (const [slug, providerModel] of Object.entries(more)) model(lab, openai.id, slug, { providerModel });
  for (const one of lab.doc.models) {
    const price = priced[one.slug];
    if (price) one.prices = [{ id: newId(), ...PRICE, ...price }];
  }
  const llm = api(lab, 'models', { kind: 'llm', models: lab.doc.models.map(({ slug }) => slug) });
  Object.assign(llm.versions[0] ?? {}, { policies });
  const key = apiKey();
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
  return {
    world,
    simulator,
    key: key.secret,
    apiUrl: `${world.url}/${lab.doc.slug}/models/v1`,
    async close() {
      await world.close();
      await simulator.close();
    },
  };
}
