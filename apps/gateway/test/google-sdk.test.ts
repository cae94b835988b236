import { type Content, type FunctionDeclaration, type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, formatted, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

/** Google's unmodified SDK, with only base URL and key changed. */
let world: World;
let simulator: Simulator;
let client: GoogleGenAI;
let vertex: GoogleGenAI;
let secret: string;

/** Names of models, and who is behind them: their own protocol, and two others. */
const MODELS = ['gemini', 'gpt', 'claude'] as const;

beforeAll(async () => {
  world = await openWorld();
  simulator = await startSimulator({});
  const lab = publisher(`google-${newId().slice(-8)}`);
  const keys = [{ id: newId(), sealed: seal(lab.dataKey, 'sim-very-secret-key', 'provider_key'), weight: 1 }];
  const openai = provider(lab, `${simulator.url}/v1`, { keys });
  const google = formatted(lab, 'gemini', `${simulator.url}/v1beta`, { keys });
  const anthropic = formatted(lab, 'anthropic', simulator.url, { keys });
  model(lab, openai.id, 'gpt', { providerModel: 'sim-small' });
  model(lab, google.id, 'gemini', { providerModel: 'sim-small' });
  model(lab, anthropic.id, 'claude', { providerModel: 'sim-small', maxOutputTokens: 4000 });
  const llm = api(lab, 'models', { kind: 'llm', models: [...MODELS] });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
  client = new GoogleGenAI({ apiKey: secret, httpOptions: { baseUrl: world.url } });
  const baseUrl = `${world.url}/${lab.doc.slug}/models/v1`;
  vertex = new GoogleGenAI({ vertexai: true, apiKey: secret, httpOptions: { baseUrl } });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

const weather: FunctionDeclaration = {
  name: 'get_weather',
  description: 'Weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** Everything a stream said, and its last piece. */
async function heard(chunks: AsyncIterable<GenerateContentResponse>) {
  const parts: NonNullable<Content['parts']> = [];
  let last: GenerateContentResponse | undefined;
  for await (const chunk of chunks) {
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    last = chunk;
  }
  const text = parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join('');
  return { parts, text, last, calls: parts.flatMap((part) => part.functionCall ?? []) };
}

describe.each(MODELS)('a model behind the name %s', (name) => {
  it('answers whole and streamed with the same words and the same usage', async () => {
    const whole = await client.models.generateContent({ model: name, contents: 'Explain tides' });
    const streamed = await heard(await client.models.generateContentStream({ model: name, contents: 'Explain tides' }));
    expect(whole.text).not.toBe('');
    expect(streamed.text).toBe(whole.text);
    expect(whole.modelVersion).toBe(name);
    expect(streamed.last).toMatchObject({ modelVersion: name, candidates: [{ finishReason: 'STOP' }] });
    expect(streamed.last?.usageMetadata?.totalTokenCount).toBe(whole.usageMetadata?.totalTokenCount);
    const event = await world.event(whole.sdkHttpResponse?.headers?.['x-request-id'] ?? null);
    expect(event).toMatchObject({
      kind: 'chat',
      inputTokens: whole.usageMetadata?.promptTokenCount,
      outputTokens: whole.usageMetadata?.candidatesTokenCount,
    });
  });

  it('is understood as Vertex AI’s clients ask', async () => {
    const answer = await vertex.models.generateContent({ model: name, contents: 'Explain tides' });
    expect(answer.text).not.toBe('');
  });

  it('runs an agent: parallel tools, streamed, their results sent back by name alone', async () => {
    const question: Content = {
      role: 'user',
      parts: [{ text: 'What is the weather in Paris and in Oslo? Use the tool.' }],
    };
    const config = { tools: [{ functionDeclarations: [weather] }] };
    const first = await heard(await client.models.generateContentStream({ model: name, contents: [question], config }));
    expect(first.calls.length).toBeGreaterThan(0);
    expect(first.last?.candidates?.[0]?.finishReason).toBe('STOP');
    const results = first.calls.map((call) => ({
      functionResponse: { name: call.name ?? '', response: { output: '21 degrees' } },
    }));
    const contents = [question, { role: 'model', parts: first.parts }, { role: 'user', parts: results }];
    const second = await client.models.generateContent({ model: name, contents, config });
    expect(second.candidates?.[0]?.finishReason).toBe('STOP');
    expect(second.text).not.toBe('');
  });

  it('streams as one growing array to those who do not ask for events', async () => {
    const response = await fetch(`${world.url}/v1beta/models/${name}:streamGenerateContent?key=${secret}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'Explain tides' }] }] }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    const answer = (await response.json()) as GenerateContentResponse[];
    expect(answer.length).toBeGreaterThan(1);
    expect(answer.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
  });

  it('counts tokens without asking the provider', async () => {
    const asked = simulator.requests().length;
    const { totalTokens } = await client.models.countTokens({ model: name, contents: 'Explain tides' });
    expect(totalTokens).toBeGreaterThan(3);
    expect(simulator.requests().length).toBe(asked);
  });

  it('that stops half way ends with an error, not as if it were complete', async () => {
    const contents = '[[simulate: cut after=3]] Explain tides';
    const reading = client.models.generateContentStream({ model: name, contents }).then(heard);
    await expect(reading).rejects.toThrow();
  });
});

describe('what is wrong', () => {
  it('is said in Google’s words', async () => {
    await expect(client.models.generateContent({ model: 'nobody', contents: 'x' })).rejects.toMatchObject({
      name: 'ApiError',
      status: 404,
    });
    const stranger = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: world.url } });
    await expect(stranger.models.generateContent({ model: 'gpt', contents: 'x' })).rejects.toMatchObject({
      status: 401,
    });
    const response = await fetch(`${world.url}/v1beta/models/gpt:generateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': secret },
      body: '{"contents":[{"parts":[{"text":5}]}]}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        details: [{ metadata: { field: 'contents[0].parts[0].text' } }, {}],
      },
    });
  });

  it('with the provider’s key is not told as the caller’s fault', async () => {
    const contents = '[[simulate: 401]] x';
    await expect(client.models.generateContent({ model: 'gpt', contents })).rejects.toMatchObject({ status: 502 });
  });

  it('of an address that climbs leads nowhere', async () => {
    for (const path of [
      '/v1beta/models/..%2fx:generateContent',
      '/v1beta/models/a%2Fb:generateContent',
      '/v1beta/models/a..b:generateContent',
    ]) {
      const response = await fetch(world.url + path, {
        method: 'POST',
        headers: { 'x-goog-api-key': secret },
        body: '{"contents":[]}',
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    }
  });
});
