import { generateKeyPairSync } from 'node:crypto';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { api, apiKey, application, model, provider, publisher, subscription, TIMEOUTS } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

const KEY = 'sim-very-secret-key';
const AWS_KEY = JSON.stringify({ accessKeyId: 'SIMTESTKEY', secretAccessKey: 'sim-SIMTESTKEY' });

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A service account's file, as Google Cloud lets one download it, for a token endpoint at this address. */
export function serviceAccount(url: string, email = 'gateway@demo.iam.gserviceaccount.com'): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'demo',
    private_key_id: 'first',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: email,
    token_uri: `${url}/token`,
  });
}

/** Providers in formats of their own, all of them played by the simulator; OpenAI's is there besides. */
const FORMATTED = [
  { format: 'anthropic', path: '', key: KEY, prefix: '', suffix: '' },
  { format: 'bedrock', path: '', key: AWS_KEY, prefix: 'us.anthropic.', suffix: '-v1:0' },
  // Named as Google's third generation, whose rules for signatures are the strictest.
  { format: 'gemini', path: '/v1beta', key: KEY, prefix: '', suffix: '-gemini-3' },
  { format: 'vertex', path: '/v1', key: null, prefix: '', suffix: '-gemini-3' },
  { format: 'openai_responses', path: '/v1', key: KEY, prefix: '', suffix: '' },
  { format: 'azure', path: '/openai', key: KEY, prefix: '', suffix: '' },
  { format: 'cohere', path: '/v2', key: KEY, prefix: '', suffix: '' },
] as const;

/** A model of each is named after the format; `{format}-thinking` thinks. */
export const FORMATS: readonly string[] = ['openai_chat', ...FORMATTED.map(({ format }) => format)];

export interface FormatLab {
  readonly world: World;
  readonly simulator: Simulator;
  /** Of an application that may call every model. */
  readonly key: string;
  /** Address (with `/v1`) and key of an API with one call an hour. */
  readonly tight: { readonly url: string; readonly key: string };
  close(): Promise<void>;
}

/** A gateway, and a provider of every format behind it, with these time-outs. */
export async function openFormatLab(timeouts = TIMEOUTS): Promise<FormatLab> {
  const world = await openWorld();
  const simulator = await startSimulator({});
  const lab = publisher(`formats-${newId().slice(-8)}`);
  const keys = (key: string) => [{ id: newId(), sealed: seal(lab.dataKey, key, 'provider_key'), weight: 1 }];
  const models = (providerId: string, format: string, prefix: string, suffix: string): void => {
    model(lab, providerId, format, { providerModel: `${prefix}sim-small${suffix}` });
    model(lab, providerId, `${format}-thinking`, { providerModel: `${prefix}sim-reasoner${suffix}` });
  };
  models(provider(lab, `${simulator.url}/v1`, { timeouts, keys: keys(KEY) }).id, 'openai_chat', '', '');
  const formattedProviders = FORMATTED.map(({ format, path, key, prefix, suffix }) => {
    const id = newId();
    models(id, format, prefix, suffix);
    return {
      id,
      slug: format,
      format,
      baseUrl: simulator.url + path,
      timeouts,
      keys: keys(key ?? serviceAccount(simulator.url)),
      ...(format === 'vertex' ? { settings: { project: 'demo', region: 'europe-west4' } } : {}),
    };
  });
  const all = api(lab, 'models', { kind: 'llm', models: lab.doc.models.map(({ slug }) => slug) });
  const tight = api(lab, 'tight', { kind: 'llm', models: ['openai_chat'] }, [{ requests: 1, windowSeconds: 3600 }]);
  const key = apiKey();
  const tightKey = apiKey();
  await publishTenant(world.redis, { ...lab.doc, formattedProviders });
  await publishApplication(world.redis, application([subscription(lab, all)], [key.entry]));
  await publishApplication(world.redis, application([subscription(lab, tight)], [tightKey.entry]));
  return {
    world,
    simulator,
    key: key.secret,
    tight: { url: `${world.url}/${lab.doc.slug}/tight/v1`, key: tightKey.secret },
    async close() {
      await world.close();
      await simulator.close();
    },
  };
}
