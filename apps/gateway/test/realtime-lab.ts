import type { PoliciesInput } from '@parley/contracts/policies';
import type { ApplicationSnapshot, Limit, PriceSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { type TlsFront, tlsFront } from '@parley/testkit/tls-front';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import {
  api,
  apiKey,
  application,
  formatted,
  model,
  PRICE,
  type Publisher,
  provider,
  publisher,
  subscription,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

/** Rates of sound beside those of text. */
export const SOUND: Omit<PriceSnapshot, 'id'> = {
  ...PRICE,
  audioInputPerMillion: '32000000000',
  cachedAudioInputPerMillion: '400000000',
  audioOutputPerMillion: '64000000000',
};

export type Heard = { readonly type: string } & Record<string, unknown>;

export interface Session {
  readonly client: OpenAIRealtimeWS;
  readonly heard: Heard[];
  closed: { code: number; reason: string } | null;
  told(type: string): Promise<Heard>;
  /** A user's text, and the wish for an answer. */
  ask(text: string): void;
}

export interface RealtimeLab {
  readonly world: World;
  readonly simulator: Simulator;
  readonly front: TlsFront;
  /** Publishes an API with a voice model, and a caller of it. */
  offer(more?: Offer): Promise<Offered>;
  close(): Promise<void>;
}

export interface Offer {
  readonly policies?: PoliciesInput;
  readonly limits?: Limit[];
  /** Upstream names of the models, the first is `voice`; further ones are `voice-2`, … */
  readonly models?: readonly string[];
  readonly keys?: readonly string[];
}

export interface Offered {
  readonly key: string;
  readonly pub: Publisher;
  readonly app: ApplicationSnapshot;
  /** Of the API: its own address, and the one over all. */
  readonly bases: { readonly api: string; readonly open: string };
  open(model: string, base?: string): Session;
}

/** A gateway with realtime models of the simulator, reached through TLS: OpenAI's client speaks nothing else. */
export async function openRealtimeLab(): Promise<RealtimeLab> {
  const world = await openWorld({ sockets: { tickMs: 20, pingMs: 1000, closeMs: 1500 } });
  const simulator = await startSimulator({});
  const front = await tlsFront(world.gateway.port);
  const clients: OpenAIRealtimeWS[] = [];
  const base = `https://localhost:${front.port}`;

  function session(client: OpenAIRealtimeWS): Session {
    clients.push(client);
    const heard: Heard[] = [];
    const made: Session = {
      client,
      heard,
      closed: null,
      told: (type) => waitFor(type, () => heard.find((event) => event.type === type)),
      ask(text) {
        const content = [{ type: 'input_text' as const, text }];
        client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
        client.send({ type: 'response.create' });
      },
    };
    client.on('event', (event) => heard.push(event as unknown as Heard));
    client.on('error', () => {});
    client.socket.on('close', (code, reason) => {
      made.closed = { code, reason: String(reason) };
    });
    return made;
  }

  return {
    world,
    simulator,
    front,
    async offer({ policies = {}, limits = [], models = ['sim-voice'], keys = ['sim-provider-key'] } = {}) {
      const pub = publisher(`rt-${newId().slice(-8)}`);
      const sealed = keys.map((key) => ({ id: newId(), sealed: seal(pub.dataKey, key, 'provider_key'), weight: 1 }));
      const openai = provider(pub, `${simulator.url}/v1`, { keys: sealed });
      const prices = [{ id: newId(), ...SOUND }];
      for (const [at, providerModel] of models.entries()) {
        model(pub, openai.id, at === 0 ? 'voice' : `voice-${at + 1}`, { providerModel, prices });
      }
      model(pub, openai.id, 'scribe', { providerModel: 'sim-transcribe' });
      const azure = formatted(pub, 'azure', `${simulator.url}/openai`, { keys: sealed });
      model(pub, azure.id, 'azure-voice', { providerModel: 'sim-azure-voice', prices });
      const gemini = formatted(pub, 'gemini', `${simulator.url}/v1beta`, { keys: sealed });
      model(pub, gemini.id, 'gemini', { providerModel: 'sim-small' });
      const llm = api(pub, 'models', { kind: 'llm', models: pub.doc.models.map(({ slug }) => slug) }, limits);
      Object.assign(llm.versions[0] ?? {}, { policies });
      const key = apiKey();
      const app = application([subscription(pub, llm)], [key.entry]);
      await publishTenant(world.redis, pub.doc);
      await publishApplication(world.redis, app);
      const bases = { api: `${base}/${pub.doc.slug}/models/v1`, open: `${base}/v1` };
      const open = (name: string, at = bases.api): Session => {
        const openai = new OpenAI({ apiKey: key.secret, baseURL: at });
        return session(new OpenAIRealtimeWS({ model: name, options: { ca: front.ca } }, openai));
      };
      return { key: key.secret, pub, app, bases, open };
    },
    async close() {
      for (const client of clients) client.socket.terminate();
      await front.close();
      await world.close();
      await simulator.close();
    },
  };
}
