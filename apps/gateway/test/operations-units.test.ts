import type { PriceSnapshot } from '@parley/contracts/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationLab, openOperationLab } from './operation-lab.ts';

/** Models that are sold by pictures, hours, characters and searches: what is counted, what it costs, what is refused. */
const NO_TOKENS = {
  inputPerMillion: '0',
  cachedInputPerMillion: '0',
  outputPerMillion: '0',
  reasoningPerMillion: '0',
  perRequest: '0',
};
const sold = (units: PriceSnapshot['units']): Partial<PriceSnapshot> => ({ ...NO_TOKENS, units });
let lab: OperationLab;

beforeAll(async () => {
  lab = await openOperationLab(
    { 'by-page': 'sim-embedding', silent: 'sim-image+usage-missing' },
    { limits: { rules: [{ algorithm: 'quota', every: 'day', what: 'cost', amount: 1_500_000 }] } },
    {
      'openai-image': sold({
        perImage: '20000000',
        imageClasses: [{ size: '1024x1024', quality: 'high', perImage: '170000000' }],
      }),
      silent: sold({ perImage: '20000000' }),
      'openai-whisper': sold({ perAudioHour: '360000000' }),
      'openai-speech': sold({ perMillionCharacters: '15000000000' }),
      'cohere-rerank': sold({ perSearch: '2000000' }),
      'openai-transcribe': { ...NO_TOKENS, inputPerMillion: '1000000', audioInputPerMillion: '6000000' },
      'by-page': sold({ perPage: '4000000' }),
    },
  );
});
afterAll(() => lab.close());

async function call(path: string, body: object | FormData) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${lab.world.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${lab.key}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, event: await lab.world.event(answer.headers.get('x-request-id')) };
}

/** Two seconds of silence: 16 kHz, 16 bit, mono. */
function wav(): Blob {
  const file = Buffer.alloc(44 + 64_000);
  file.write('RIFF', 0);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt32LE(32_000, 28);
  file.write('data', 36);
  file.writeUInt32LE(64_000, 40);
  return new Blob([file]);
}

function form(model: string, more: Record<string, string> = {}): FormData {
  const made = new FormData();
  made.set('model', model);
  for (const [name, value] of Object.entries(more)) made.set(name, value);
  made.set('file', wav(), 'a.wav');
  return made;
}

describe('what calls are counted in', () => {
  it('are pictures, at the rate of their size and quality', async () => {
    const asked = { model: 'openai-image', prompt: 'A lighthouse', n: 2 };
    const low = await call('/v1/images/generations', { ...asked, quality: 'low', size: '1024x1024' });
    expect(low.event).toMatchObject({ images: 2, imageClass: '1024x1024/low', costNano: '40000000' });
    expect(low.event.imageOutputTokens).toBe(low.event.outputTokens);
    const high = await call('/v1/images/generations', { ...asked, quality: 'high', size: '1024x1024' });
    expect(high.event).toMatchObject({ images: 2, imageClass: '1024x1024/high', costNano: '340000000' });
  });

  it('are pictures also in a stream, and where the provider tells no usage', async () => {
    const stream = { model: 'openai-image', prompt: 'x', quality: 'low', size: '1024x1024', stream: true };
    expect((await call('/v1/images/generations', stream)).event).toMatchObject({ images: 1, costNano: '20000000' });
    const silent = await call('/v1/images/generations', { model: 'silent', prompt: 'x', n: 3 });
    expect(silent.event).toMatchObject({ images: 3, costNano: '60000000' });
  });

  it('are milliseconds of sound: the provider’s, or the file’s where the answer is plain text', async () => {
    const told = await call('/v1/audio/transcriptions', form('openai-whisper'));
    expect(told.event).toMatchObject({ audioMs: 2000, usageSource: 'provider', costNano: '200000' });
    const plain = await call('/v1/audio/transcriptions', form('openai-whisper', { response_format: 'srt' }));
    expect(plain.text).toContain('-->');
    expect(plain.event).toMatchObject({ audioMs: 2000, usageSource: 'estimated', costNano: '200000' });
  });

  it('are tokens of sound where the model is sold by them', async () => {
    const { event } = await call('/v1/audio/transcriptions', form('openai-transcribe'));
    expect(event.audioInputTokens).toBe(20);
    expect(event.costNano).toBe('120');
  });

  it('are characters as people count them, and searches', async () => {
    const spoken = await call('/v1/audio/speech', { model: 'openai-speech', voice: 'alloy', input: 'Ahoi 🌊' });
    expect(spoken.event).toMatchObject({ characters: 6, costNano: '90000' });
    const documents = Array.from({ length: 101 }, (_, number) => `document ${number}`);
    const ranked = await call('/v2/rerank', { model: 'cohere-rerank', query: 'x', documents });
    expect(ranked.event).toMatchObject({ searchUnits: 2, costNano: '4000000' });
  });
});

describe('a call that its model’s price says nothing of', () => {
  it('is refused, never free', async () => {
    const embed = await call('/v1/embeddings', { model: 'by-page', input: 'x' });
    expect([embed.status, embed.event.code]).toEqual([503, 'price_missing']);
    const chat = await call('/v1/chat/completions', {
      model: 'openai-image',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(chat.event).toMatchObject({ code: 'price_missing', costNano: '0' });
  });
});

describe('a limit on costs', () => {
  it('holds the dearest picture back before it is drawn', async () => {
    const body = { model: 'openai-image', prompt: 'x', n: 10, quality: 'low', size: '1024x1024' };
    const { status, event } = await call('/v1/images/generations', body);
    // Ten of the dearest are 1.70, and 1.50 is all there is.
    expect([status, event.code]).toEqual([402, 'cost_limit_reached']);
  });
});
