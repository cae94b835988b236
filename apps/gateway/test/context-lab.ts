import { newId } from '@parley/kernel/id';
import { expect } from 'vitest';
import { type ContextWorker, startContextWorker } from './context-world.ts';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type Behaviour, completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

export type Json = Record<string, unknown>;
export interface SentMessage {
  readonly role: string;
  readonly content: unknown;
}

/** One application with one publisher's models, over a real gateway, Redis and PostgreSQL. */
export interface ContextLab {
  readonly world: World;
  readonly worker: ContextWorker;
  readonly backend: UpstreamServer;
  readonly tenantId: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  json(method: string, path: string, body?: unknown): Promise<Json>;
  /** Opens a session; its id. */
  open(settings?: object): Promise<string>;
  /** Appends what a user and an assistant said; the turn. */
  append(session: string, question: string, answer: string): Promise<Json>;
  /** Asks a model within a session, and expects it to answer. */
  ask(session: string, text: string, more?: Json): Promise<Response>;
  /** What the upstream was sent last. */
  sent(): SentMessage[];
  close(): Promise<void>;
}

const ANSWER: Behaviour = (_received, response) => sendJson(response, 200, completion('well'));

/** `windows`: names of models and what they can take in. */
export async function openContextLab(windows: Readonly<Record<string, number>>): Promise<ContextLab> {
  const worker = startContextWorker();
  const world = await openWorld({ contexts: { waitMs: 5000, summaries: { withinMs: 60_000, restMs: 600_000 } } });
  worker.follow(world.jobs.jobs);
  const backend = await startUpstream(ANSWER);
  const lab = publisher(`lab-${newId().slice(-8)}`);
  const { id } = provider(lab, `${backend.url}/v1`);
  for (const [slug, contextTokens] of Object.entries(windows)) model(lab, id, slug, { contextTokens });
  const models = api(lab, 'models', { kind: 'llm', models: Object.keys(windows) });
  const key = apiKey();
  const caller = { ...application([subscription(lab, models)], [key.entry]), tenantId: lab.doc.tenantId };
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, caller);
  const send: ContextLab['send'] = (method, path, body, headers = {}) =>
    fetch(`${world.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
    });
  const json: ContextLab['json'] = async (method, path, body) => {
    const answer = await send(method, path, body);
    const text = await answer.text();
    expect(answer.ok, text).toBe(true);
    return JSON.parse(text) as Json;
  };
  return {
    world,
    worker,
    backend,
    tenantId: lab.doc.tenantId,
    send,
    json,
    open: async (settings = {}) => (await json('POST', '/v1/sessions', settings))['id'] as string,
    append: (session, question, answer) => {
      const messages = [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ];
      return json('POST', `/v1/sessions/${session}/turns`, { messages });
    },
    ask: async (session, text, more = {}) => {
      const messages = [{ role: 'user', content: text }];
      const answer = await send(
        'POST',
        '/v1/chat/completions',
        { model: 'fast', messages, ...more },
        { 'x-context-id': session },
      );
      expect(answer.status, await answer.clone().text()).toBe(200);
      await answer.text();
      return answer;
    },
    sent: () => {
      const { messages = [] } = JSON.parse(backend.received.at(-1)?.body.toString() ?? '{}') as {
        messages?: SentMessage[];
      };
      return messages;
    },
    close: async () => {
      await world.close();
      await worker.close();
      await backend.close();
    },
  };
}
