import { parseMasterKey } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ClientSecrets } from '../src/realtime/client-secrets.ts';
import { MASTER_KEY } from './documents.ts';
import { publishApplication } from './publish.ts';
import { openRealtimeLab, type RealtimeLab } from './realtime-lab.ts';

/** Realtime sessions through the gateway, by the unmodified OpenAI SDK against the simulator. */
let lab: RealtimeLab;

beforeAll(async () => {
  lab = await openRealtimeLab();
});
afterAll(() => lab.close());

const turnsOf = (app: { applicationId: string }) =>
  lab.world.events().filter(({ applicationId, kind }) => applicationId === app.applicationId && kind === 'chat');
const socketOf = (app: { applicationId: string }) =>
  waitFor('the record of the connection', () =>
    lab.world.events().find(({ applicationId, kind }) => applicationId === app.applicationId && kind === 'websocket'),
  );

/** A handshake that is refused: status and body. */
async function refusedAt(url: string, key: string | null, protocols: string[] = []) {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const socket = new WebSocket(url.replace('https', 'wss'), protocols, { headers, ca: lab.front.ca });
  socket.on('error', () => {});
  return new Promise<{ status: number; body: string }>((resolve) => {
    socket.on('open', () => resolve({ status: 101, body: '' }));
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  }).finally(() => socket.terminate());
}

describe('a session', () => {
  it('is the caller’s: model names, sound, usage of every class, one record for each response', async () => {
    const { open, app } = await lab.offer();
    const session = open('voice');
    expect(await session.told('session.created')).toMatchObject({ session: { model: 'voice' } });
    const audio = { input: { transcription: { model: 'scribe' } } };
    session.client.send({ type: 'session.update', session: { type: 'realtime', model: 'voice', audio } });
    expect(await session.told('session.updated')).toMatchObject({
      session: { model: 'voice', audio: { input: { transcription: { model: 'scribe' } } } },
    });
    session.client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(48_000).toString('base64') });
    const done = await session.told('response.done');
    const { usage } = (done as unknown as { response: { usage: Record<string, number> } }).response;
    const [written, answered] = await waitFor('both records', () => {
      const turns = turnsOf(app);
      return turns.length >= 2 ? turns : null;
    });
    expect(written).toMatchObject({ model: 'scribe', providerModel: 'sim-transcribe', audioInputTokens: 10 });
    const text = (usage['input_tokens'] ?? 0) - 10;
    const spoken = answered?.audioOutputTokens ?? 0;
    const said = (answered?.outputTokens ?? 0) - spoken;
    expect(answered).toMatchObject({
      model: 'voice',
      providerModel: 'sim-voice',
      status: 200,
      usageSource: 'provider',
      inputTokens: usage['input_tokens'],
      audioInputTokens: 10,
      outputTokens: usage['output_tokens'],
      finishReason: 'completed',
      path: expect.stringContaining('/realtime'),
      costNano: String(text * 2000 + 10 * 32_000 + said * 8000 + spoken * 64_000 + 5),
    });
    expect(spoken).toBeGreaterThan(0);
    expect(answered?.ttftUs).toBeGreaterThan(0);
    session.ask('And now?');
    await waitFor('the second answer', () => session.heard.filter(({ type }) => type === 'response.done').length === 2);
    session.client.close();
    expect(await socketOf(app)).toMatchObject({ status: 101, code: null, usageSource: 'none', costNano: '0' });
    const second = await waitFor('its record', () => turnsOf(app)[2]);
    expect(second).toMatchObject({ cachedAudioInputTokens: 10, usageSource: 'provider', abortedBy: 'none' });
    const all = JSON.stringify(session.heard);
    expect(all).not.toContain('sim-voice');
    expect(all).not.toContain('rate_limits.updated');
    expect(session.heard.filter(({ type }) => type === 'response.created')).toHaveLength(2);
  });

  it('is opened by name over all APIs too, by browsers with a key in a subprotocol, and at Azure', async () => {
    const { open, bases, key, pub } = await lab.offer();
    const session = open(`${pub.doc.slug}/voice`, bases.open);
    expect(await session.told('session.created')).toMatchObject({ session: { model: `${pub.doc.slug}/voice` } });
    const azure = open('azure-voice');
    expect(await azure.told('session.created')).toMatchObject({ session: { model: 'azure-voice' } });
    expect(lab.simulator.requests()[0]).toMatchObject({
      path: '/openai/v1/realtime?model=sim-azure-voice',
      headers: { 'api-key': 'sim-provider-key' },
    });
    const url = `${bases.api.replace('https', 'wss')}/realtime?model=voice`;
    const browser = new WebSocket(url, ['realtime', `openai-insecure-api-key.${key}`, 'openai-beta.realtime-v1'], {
      ca: lab.front.ca,
    });
    const first = await new Promise<string>((resolve, reject) => {
      browser.on('message', (data) => resolve((data as Buffer).toString())).on('error', reject);
    });
    expect(browser.protocol).toBe('realtime');
    expect(JSON.parse(first)).toMatchObject({ type: 'session.created' });
    browser.terminate();
    const { headers } = lab.simulator.requests()[0] ?? {};
    expect(JSON.stringify(headers)).not.toContain(key);
    expect(headers).toMatchObject({ 'openai-beta': 'realtime=v1', authorization: 'Bearer sim-provider-key' });
  });

  it('calls functions', async () => {
    const { open } = await lab.offer();
    const session = open('voice');
    await session.told('session.created');
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = [{ type: 'function' as const, name: 'get_weather', description: 'Weather of a city', parameters }];
    session.client.send({ type: 'session.update', session: { type: 'realtime', tools } });
    session.ask('What is the weather in Paris?');
    expect(await session.told('response.function_call_arguments.done')).toMatchObject({ name: 'get_weather' });
    await session.told('response.done');
  });

  it('takes another key or model until the provider has switched, and tells the last refusal', async () => {
    const policies = {
      modelRouting: { aliases: [{ name: 'any', targets: [{ model: 'voice' }, { model: 'voice-2' }] }] },
    };
    const { open, bases, key } = await lab.offer({
      policies,
      models: ['sim-voice+503', 'sim-second'],
      keys: ['bad', 'sim-good'],
    });
    const session = open('any');
    expect(await session.told('session.created')).toMatchObject({ session: { model: 'any' } });
    expect(lab.simulator.requests()[0]?.path).toContain('sim-second');
    const refused = await refusedAt(`${bases.api}/realtime?model=voice`, key);
    expect(refused.status).toBe(502);
    expect(refused.body).not.toContain('sim-voice');
  });
});

describe('refused', () => {
  it('strangers, plain calls, no model, unknown ones, providers without sessions, guarded APIs', async () => {
    const { bases, key } = await lab.offer();
    expect((await refusedAt(`${bases.api}/realtime?model=voice`, null)).status).toBe(401);
    expect((await refusedAt(`${bases.open}/realtime?model=voice`, 'pk_live_no')).status).toBe(401);
    const plain = await fetch(`${lab.world.url}/v1/realtime?model=voice`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(plain.status).toBe(426);
    expect((await refusedAt(`${bases.api}/realtime`, key)).status).toBe(400);
    expect((await refusedAt(`${bases.api}/realtime?model=nobody`, key)).status).toBe(404);
    const gemini = await refusedAt(`${bases.api}/realtime?model=gemini`, key);
    expect(gemini).toMatchObject({ status: 400, body: expect.stringContaining('does not serve realtime calls') });
    const guarded = await lab.offer({ policies: { guardrails: { personalData: {} } } });
    const refused = await refusedAt(`${guarded.bases.api}/realtime?model=voice`, guarded.key);
    expect(refused).toMatchObject({ status: 400, body: expect.stringContaining('guardrails') });
    const limits = { rules: [{ algorithm: 'quota' as const, what: 'tokens' as const, amount: 1000 }] };
    const metered = await lab.offer({ policies: { limits } });
    const unheld = await refusedAt(`${metered.bases.api}/realtime?model=voice`, metered.key);
    expect(unheld).toMatchObject({ status: 400, body: expect.stringContaining('limits tokens or cost') });
  });

  it('a transcriber that is no model of the API, and messages that are no events: told, and the session goes on', async () => {
    const { open } = await lab.offer();
    const session = open('voice');
    await session.told('session.created');
    const audio = { input: { transcription: { model: 'whisper-1' } } };
    session.client.send({ type: 'session.update', event_id: 'mine', session: { type: 'realtime', audio } });
    expect(await session.told('error')).toMatchObject({ error: { code: 'model_not_found', event_id: 'mine' } });
    session.client.socket.send('{"type":');
    await waitFor('the second error', () => session.heard.filter(({ type }) => type === 'error').length === 2);
    session.ask('Hello');
    await session.told('response.done');
  });

  it('a response beyond the limits: told as an error, and closed; those the provider begins by itself too', async () => {
    const spent = await lab.offer({ limits: [{ requests: 2, windowSeconds: 3600 }] });
    const session = spent.open('voice');
    await session.told('session.created');
    session.ask('One');
    await session.told('response.done');
    session.ask('Two');
    expect(await session.told('error')).toMatchObject({
      error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
    });
    expect((await waitFor('the end', () => session.closed)).code).toBe(1013);
    expect(await socketOf(spent.app)).toMatchObject({ code: 'rate_limited' });
    expect(turnsOf(spent.app)).toHaveLength(1);
    const silent = await lab.offer({ limits: [{ requests: 1, windowSeconds: 3600 }] });
    const speaker = silent.open('voice');
    await speaker.told('session.created');
    speaker.client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(48_000).toString('base64') });
    await speaker.told('error');
    expect((await waitFor('the end', () => speaker.closed)).code).toBe(1013);
    // What the provider had begun is not lost.
    expect(await waitFor('its record', () => turnsOf(silent.app)[0])).toMatchObject({ usageSource: 'estimated' });
  });
});

describe('nothing is lost', () => {
  it('when the client leaves in the middle of an answer: the provider is asked to stop, and says what it took', async () => {
    const { open, app } = await lab.offer();
    const session = open('voice');
    await session.told('session.created');
    session.ask('Tell me a long story. [[simulate: slow-tokens:20]]');
    await session.told('response.output_audio.delta');
    session.client.socket.terminate();
    const turn = await waitFor('the record', () => turnsOf(app)[0]);
    expect(turn).toMatchObject({ usageSource: 'provider', finishReason: 'client_cancelled' });
    expect(turn.audioOutputTokens).toBeGreaterThan(0);
    expect(await socketOf(app)).toMatchObject({ code: 'client_closed', abortedBy: 'client' });
    expect(turnsOf(app)).toHaveLength(1);
  });

  it('when the provider breaks off: an estimate of what passed', async () => {
    const { open, app } = await lab.offer({ models: ['sim-voice+cut:9'] });
    const session = open('voice');
    await session.told('session.created');
    session.ask('Hello there');
    expect((await waitFor('the end', () => session.closed)).code).toBe(1011);
    const turn = await waitFor('the record', () => turnsOf(app)[0]);
    expect(turn).toMatchObject({ usageSource: 'estimated', abortedBy: 'upstream', code: 'upstream_cut' });
    expect(turn.outputTokens).toBeGreaterThan(0);
    expect(turn.audioOutputTokens).toBeGreaterThan(0);
    expect(await socketOf(app)).toMatchObject({ code: 'upstream_cut' });
  });

  it('when the provider fails or tells no usage, with nothing of its names', async () => {
    const { open, app } = await lab.offer();
    const session = open('voice');
    await session.told('session.created');
    session.ask('Hello [[simulate: usage-missing]]');
    await session.told('response.done');
    expect(await waitFor('the record', () => turnsOf(app)[0])).toMatchObject({ usageSource: 'estimated', status: 200 });
    session.heard.length = 0;
    session.ask('Hello [[simulate: error-in-stream]]');
    const failed = await session.told('response.done');
    expect(JSON.stringify(failed)).toContain('The model voice failed');
    expect(await waitFor('the record', () => turnsOf(app)[1])).toMatchObject({ status: 502, code: 'upstream_invalid' });
  });
});

describe('client secrets', () => {
  const secretOf = async (base: string, key: string, body: object) => {
    const openai = new OpenAI({
      apiKey: key,
      baseURL: base.replace(/https:..localhost:\d+/, lab.world.url),
      maxRetries: 0,
    });
    return openai.realtime.clientSecrets.create(body);
  };
  const session = {
    type: 'realtime' as const,
    model: 'voice',
    instructions: 'Say yes.',
    output_modalities: ['text' as const],
  };

  it('open sessions with their model and settings, for browsers, and nothing else', async () => {
    const { bases, key } = await lab.offer();
    for (const base of [bases.open, bases.api]) {
      const secret = await secretOf(base, key, { session, expires_after: { anchor: 'created_at', seconds: 60 } });
      expect(secret).toMatchObject({
        value: expect.stringMatching(/^ek_/),
        session: { model: 'voice', instructions: 'Say yes.' },
      });
      expect(secret.expires_at).toBeGreaterThan(Date.now() / 1000 + 30);
      const url = `${base.replace('https', 'wss')}/realtime?model=voice`;
      const browser = new WebSocket(url, ['realtime', `openai-insecure-api-key.${secret.value}`], { ca: lab.front.ca });
      const events: string[] = [];
      browser.on('message', (data) => events.push((data as Buffer).toString())).on('error', () => {});
      const updated = await waitFor('its settings', () => events.find((text) => text.includes('session.updated')));
      expect(JSON.parse(updated)).toMatchObject({ session: { model: 'voice', instructions: 'Say yes.' } });
      browser.terminate();
      expect(await refusedAt(`${base}/realtime?model=voice-2`, secret.value)).toMatchObject({ status: 404 });
      const chat = await fetch(`${lab.world.url}/v1/models`, { headers: { authorization: `Bearer ${secret.value}` } });
      expect(chat.status).toBe(401);
    }
  });

  it('are refused for what could not be opened, and when they are not ours, changed, or expired', async () => {
    const { bases, key, app } = await lab.offer();
    await expect(secretOf(bases.open, key, { session: { type: 'realtime', model: 'nobody' } })).rejects.toThrow('404');
    await expect(secretOf(bases.open, key, { session: { type: 'transcription' } })).rejects.toThrow(
      'Only sessions of type',
    );
    await expect(
      secretOf(bases.open, key, { session, expires_after: { anchor: 'created_at', seconds: 1 } }),
    ).rejects.toThrow('10 to 7200');
    await expect(
      secretOf(bases.open, key, { session: { ...session, instructions: 'x'.repeat(9000) } }),
    ).rejects.toThrow('too long');
    const { value } = await secretOf(bases.open, key, { session });
    const url = `${bases.open}/realtime?model=voice`;
    const changed = value.slice(0, -2) + (value.endsWith('AA') ? 'BB' : 'AA');
    expect((await refusedAt(url, changed)).status).toBe(401);
    const secrets = new ClientSecrets(parseMasterKey(MASTER_KEY));
    const opened = secrets.open(value);
    const old = opened && secrets.issue({ ...opened, expiresAtMs: Date.now() - 1 });
    expect(await refusedAt(url, old)).toMatchObject({ status: 401, body: expect.stringContaining('expired') });
    await publishApplication(lab.world.redis, {
      ...app,
      version: 2,
      keys: app.keys.map((one) => ({ ...one, revokedAtMs: Date.now() })),
    });
    await waitFor('the revocation', async () => (await refusedAt(url, value)).body.includes('key_revoked'));
  });
});

it('ends within a moment when its key is revoked', async () => {
  const { open, app } = await lab.offer();
  const session = open('voice');
  await session.told('session.created');
  const keys = app.keys.map((key) => ({ ...key, revokedAtMs: Date.now() }));
  await publishApplication(lab.world.redis, { ...app, version: 2, keys });
  expect((await waitFor('the end', () => session.closed)).code).toBe(1008);
  expect(await socketOf(app)).toMatchObject({ code: 'key_revoked' });
});

it('keeps the bounds of the webSocket policy', async () => {
  const { open } = await lab.offer({ policies: { webSocket: { idleSeconds: 1, maxMessageBytes: 20_000 } } });
  const idle = open('voice');
  await idle.told('session.created');
  const big = open('voice');
  await big.told('session.created');
  big.client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(20_000) });
  expect((await waitFor('the end of the big one', () => big.closed)).code).toBe(1009);
  expect((await waitFor('the end of the idle one', () => idle.closed)).code).toBe(1008);
});
