import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  ModelStreamErrorException,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { answers } from '../../core/answer.ts';
import { countTokens } from '../../core/tokens.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified AWS SDK, which signs its calls and reads the binary stream, proves that the wire format is Bedrock's. */
let simulator: Simulator;
let client: BedrockRuntimeClient;

function clientWith(rest: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: simulator.url,
    region: 'eu-central-1',
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
    credentials: { accessKeyId: 'SIMTESTKEY', secretAccessKey: 'sim-SIMTESTKEY' },
    ...rest,
  });
}

beforeAll(async () => {
  simulator = await startSimulator();
  client = clientWith();
});
afterAll(async () => {
  client.destroy();
  await simulator.close();
});

const ask = (text: string): ConverseCommandInput => ({
  modelId: 'us.anthropic.sim-small-v1:0',
  messages: [{ role: 'user', content: [{ text }] }],
});
const weather = {
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'get_weather',
          description: 'Weather of a city',
          inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
        },
      },
    ],
  },
};

const send = (input: ConverseCommandInput) => client.send(new ConverseCommand(input));
const contentOf = (output: ConverseCommandOutput): ContentBlock[] => output.output?.message?.content ?? [];
const textOf = (output: ConverseCommandOutput): string =>
  contentOf(output)
    .map(({ text }) => text ?? '')
    .join('');

async function streamed(input: ConverseCommandInput): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  if (!stream) throw new Error('no stream');
  return collect(stream);
}

/** What a stream adds up to. */
function gathered(events: readonly ConverseStreamOutput[]) {
  const text: string[] = [];
  const thinking: string[] = [];
  const inputs = new Map<number, string>();
  let signature = '';
  for (const { contentBlockDelta: found } of events) {
    const { delta, contentBlockIndex: at = -1 } = found ?? {};
    text.push(delta?.text ?? '');
    thinking.push(delta?.reasoningContent?.text ?? '');
    signature = delta?.reasoningContent?.signature ?? signature;
    if (delta?.toolUse) inputs.set(at, (inputs.get(at) ?? '') + delta.toolUse.input);
  }
  return {
    text: text.join(''),
    thinking: thinking.join(''),
    signature,
    inputs: [...inputs.values()].map((json) => JSON.parse(json) as unknown),
    stopReason: events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason,
    usage: events.find(({ metadata }) => metadata)?.metadata?.usage,
  };
}

describe('text', () => {
  test('is the same whole and streamed, and the same words as in every format', async () => {
    const whole = await send(ask('Tell me about bees'));
    const stream = gathered(await streamed(ask('Tell me about bees')));
    expect(stream).toMatchObject({ text: textOf(whole), stopReason: whole.stopReason, usage: whole.usage });
    const [core] = answers({
      model: 'sim-small',
      turns: [{ role: 'user', text: 'Tell me about bees', media: [] }],
      tools: [],
      toolChoice: 'auto',
      parallel: true,
      output: { type: 'text' },
      stop: [],
      thinkingTokens: 0,
      variation: [null, null, null],
    });
    expect(textOf(whole)).toBe(core?.pieces.join(''));
    expect(whole.usage?.outputTokens).toBe(countTokens(textOf(whole)));
    expect(whole.usage?.totalTokens).toBe((whole.usage?.inputTokens ?? 0) + (whole.usage?.outputTokens ?? 0));
  });

  test('the order of a stream: no start for text, usage after messageStop', async () => {
    const kinds = (await streamed(ask('Hello!'))).map((event) => Object.keys(event)[0]);
    expect(new Set(kinds.slice(1, -3))).toEqual(new Set(['contentBlockDelta']));
    expect([kinds[0], ...kinds.slice(-3)]).toEqual(['messageStart', 'contentBlockStop', 'messageStop', 'metadata']);
  });

  test('limits, stop sequences, system prompts, images and documents', async () => {
    expect(await send({ ...ask('Explain tides'), inferenceConfig: { maxTokens: 7 } })).toMatchObject({
      stopReason: 'max_tokens',
      usage: { outputTokens: 7 },
    });
    const stopped = await send({
      ...ask('Reply with exactly: one, two'),
      inferenceConfig: { stopSequences: [', two'] },
    });
    expect([stopped.stopReason, textOf(stopped)]).toEqual(['stop_sequence', '[simulated by Parley] one']);
    const short = await send({ ...ask('Explain tides'), system: [{ text: 'Answer in 12 words.' }] });
    expect(textOf(short).replace('[simulated by Parley] ', '').split(' ')).toHaveLength(12);
    const bytes = new Uint8Array([1, 2, 3]);
    const shown = await send({
      ...ask(''),
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'png', source: { bytes } } },
            { document: { format: 'pdf', name: 'Report 1', source: { bytes } } },
            { text: 'What is this?' },
          ],
        },
      ],
    });
    expect(textOf(shown)).toContain('I was shown 1 image and 1 document.');
  });

  test('structured output is held to its schema', async () => {
    const schema = JSON.stringify({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    });
    const textFormat = { type: 'json_schema' as const, structure: { jsonSchema: { schema, name: 'place' } } };
    const output = await send({ ...ask('Where is it? In Paris.'), outputConfig: { textFormat } });
    expect(JSON.parse(textOf(output))).toEqual({ city: 'Paris' });
  });

  test('tokens are counted beforehand', async () => {
    const input = ask('Explain tides');
    const { inputTokens } = await client.send(
      new CountTokensCommand({ modelId: input.modelId, input: { converse: { messages: input.messages } } }),
    );
    expect(inputTokens).toBe((await send(input)).usage?.inputTokens);
  });
});

describe('tools', () => {
  const request = { ...ask('What is the weather in Paris and Tokyo?'), ...weather };

  test('parallel calls, whole and streamed, and a round with their results', async () => {
    const whole = await send(request);
    expect(whole.stopReason).toBe('tool_use');
    const calls = contentOf(whole).flatMap(({ toolUse }) => toolUse ?? []);
    expect(calls.map(({ input }) => input)).toEqual([{ city: 'Paris' }, { city: 'Tokyo' }]);
    const events = await streamed(request);
    expect(gathered(events).inputs).toEqual(calls.map(({ input }) => input));
    const started = events.flatMap(({ contentBlockStart }) => contentBlockStart?.start?.toolUse ?? []);
    expect(started).toEqual(calls.map(({ toolUseId, name }) => ({ toolUseId, name })));
    const answer = await send({
      ...request,
      messages: [
        ...(request.messages ?? []),
        { role: 'assistant', content: contentOf(whole) },
        {
          role: 'user',
          content: calls.map(({ toolUseId }, at) => ({
            toolResult: { toolUseId, content: [{ json: { degrees: 20 + at } }] },
          })),
        },
      ],
    });
    expect(textOf(answer)).toContain('From the tools I learned: {"degrees":20}; {"degrees":21}.');
  });

  test('any, and one by name', async () => {
    const any = await send({ ...ask('Hello!'), toolConfig: { ...weather.toolConfig, toolChoice: { any: {} } } });
    expect(contentOf(any)[0]?.toolUse?.name).toBe('get_weather');
    const named = { toolConfig: { ...weather.toolConfig, toolChoice: { tool: { name: 'get_weather' } } } };
    expect(contentOf(await send({ ...ask('Hello!'), ...named }))).toHaveLength(1);
  });
});

describe('thinking', () => {
  const request = {
    ...ask('What is the weather in Paris?'),
    ...weather,
    inferenceConfig: { maxTokens: 4000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
  };

  async function replay(change: (block: ContentBlock) => ContentBlock | null): Promise<string> {
    const first = await send(request);
    const call = contentOf(first).find(({ toolUse }) => toolUse)?.toolUse;
    const content = contentOf(first)
      .map(change)
      .filter((block) => block !== null);
    const output = await send({
      ...request,
      messages: [
        ...(request.messages ?? []),
        { role: 'assistant', content },
        { role: 'user', content: [{ toolResult: { toolUseId: call?.toolUseId, content: [{ text: 'sun' }] } }] },
      ],
    });
    return textOf(output);
  }

  test('is signed, streams to the same, and is checked when it comes back', async () => {
    const [first] = contentOf(await send(request));
    const { text, signature } = first?.reasoningContent?.reasoningText ?? {};
    expect(gathered(await streamed(request))).toMatchObject({ thinking: text, signature });
    expect(await replay((block) => block)).toContain('sun');
    const altered =
      (text: string, signature?: string) =>
      (block: ContentBlock): ContentBlock =>
        block.reasoningContent ? { reasoningContent: { reasoningText: { text, signature } } } : block;
    await expect(replay(altered('other', signature))).rejects.toThrow(/Invalid `signature` in `thinking` block/);
    await expect(replay(altered(text ?? ''))).rejects.toThrow(/signature: Field required/);
    await expect(replay((block) => (block.reasoningContent ? null : block))).rejects.toThrow(/Expected `thinking`/);
  });

  test('redacted thinking comes back too', async () => {
    const output = await send({ ...request, ...ask('Explain tides [[simulate: redacted-thinking]]') });
    const hidden = contentOf(output)[1]?.reasoningContent?.redactedContent;
    expect(hidden).toBeInstanceOf(Uint8Array);
    const again = (redactedContent: Uint8Array | undefined) =>
      send({
        ...ask(''),
        messages: [
          { role: 'user', content: [{ text: 'x' }] },
          { role: 'assistant', content: [{ reasoningContent: { redactedContent } } as ContentBlock, { text: 'y' }] },
          { role: 'user', content: [{ text: 'Hello!' }] },
        ],
      });
    expect(textOf(await again(hidden))).toContain('Hello!');
    await expect(again(new Uint8Array([1, 2]))).rejects.toThrow(/Invalid `data` in `redacted_thinking` block/);
  });
});

test('cache points: what was written is read, and inputTokens has neither', async () => {
  const long = 'alpha '.repeat(1500).trimEnd();
  const request = {
    ...ask('Hello!'),
    system: [{ text: long }, { cachePoint: { type: 'default' as const, ttl: '1h' as const } }],
  };
  const first = (await send(request)).usage;
  expect(first?.cacheWriteInputTokens).toBeGreaterThan(1400);
  expect(first?.cacheDetails).toEqual([{ ttl: '1h', inputTokens: first?.cacheWriteInputTokens }]);
  const second = (await send(request)).usage;
  expect(second).toMatchObject({ cacheReadInputTokens: first?.cacheWriteInputTokens, cacheWriteInputTokens: 0 });
  expect(second?.totalTokens).toBe(first?.totalTokens);
  expect(second?.inputTokens).toBeLessThan(100);
});

describe('who may call', () => {
  const as = (rest: BedrockRuntimeClientConfig) => clientWith(rest).send(new ConverseCommand(ask('Hello!')));

  test.each([
    ['another secret', { accessKeyId: 'SIMTESTKEY', secretAccessKey: 'sim-other' }, 'InvalidSignatureException'],
    ['a key of somebody', { accessKeyId: 'AKIASOMEBODY', secretAccessKey: 'x' }, 'UnrecognizedClientException'],
  ])('not %s', async (_, credentials, name) => {
    await expect(as({ credentials })).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  });

  test('a session token is signed too; a clock that is wrong is refused; a bearer key is taken', async () => {
    const credentials = { accessKeyId: 'SIMTESTKEY', secretAccessKey: 'sim-SIMTESTKEY', sessionToken: 'sim-session' };
    expect((await as({ credentials })).stopReason).toBe('end_turn');
    await expect(as({ systemClockOffset: 3_600_000 })).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    const bearer = await as({ token: { token: 'sim-bearer' }, authSchemePreference: ['httpBearerAuth'] });
    expect(bearer.stopReason).toBe('end_turn');
  });
});

describe('errors', () => {
  test.each([
    ['429', ThrottlingException],
    ['insufficient-quota', ServiceQuotaExceededException],
    ['error-in-stream after=2', ModelStreamErrorException],
  ])('%s is the exception of the SDK', async (fault, kind) => {
    await expect(streamed(ask(`Explain tides [[simulate: ${fault}]]`))).rejects.toBeInstanceOf(kind);
  });

  test('a broken checksum is noticed, and an event nobody knows is not', async () => {
    await expect(streamed(ask('Explain tides [[simulate: malformed]]'))).rejects.toThrow(/checksum/i);
    const events = await streamed(ask('Explain tides [[simulate: unknown-event]]'));
    expect(gathered(events).stopReason).toBe('end_turn');
  });

  test('a model that is not the simulator’s, also behind an ARN; faults in the name of one that is', async () => {
    const arn = (name: string) => `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${name}`;
    for (const modelId of ['anthropic.claude-x', arn('nope')]) {
      await expect(send({ ...ask('Hi'), modelId })).rejects.toThrow('The provided model identifier is invalid.');
    }
    expect((await send({ ...ask('Hi'), modelId: arn('us.anthropic.sim-small-v1:0') })).stopReason).toBe('end_turn');
    const modelId = 'anthropic.sim-small-v1:0+429';
    await expect(send({ ...ask('Hi'), modelId })).rejects.toBeInstanceOf(ThrottlingException);
    await expect(send({ ...ask('Hi [[simulate: comments]]') })).rejects.toBeInstanceOf(ValidationException);
  });
});

test('any chunking of the stream is the same to the SDK', async () => {
  const request = (faults: string) => ({
    ...ask(`What is the weather in São Paulo? [[simulate: ${faults}]]`),
    ...weather,
  });
  const whole = gathered(await streamed(request('one-write')));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.integer({ min: 1, max: 1500 }).map((byte) => `split-at byte=${byte}`),
        fc.integer({ min: 1, max: 40 }).map((bytes) => `split-bytes bytes=${bytes}`),
      ),
      async (fault) => {
        expect(gathered(await streamed(request(fault)))).toEqual(whole);
      },
    ),
    { numRuns: 25 },
  );
});
