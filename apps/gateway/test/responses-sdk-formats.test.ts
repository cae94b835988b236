import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type FormatLab, openFormatLab } from './format-lab.ts';

/** OpenAI's unmodified SDK, its Responses API, against models of every provider format. */
let lab: FormatLab;
let client: OpenAI;

beforeAll(async () => {
  lab = await openFormatLab();
  client = new OpenAI({ baseURL: `${lab.world.url}/v1`, apiKey: lab.key, maxRetries: 0 });
});
afterAll(() => lab.close());

const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};

/** The last response of a stream, with the SDK's own accumulator. */
const streamed = (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) =>
  client.responses.stream({ ...body, stream: true }).finalResponse();

/** What came, to be sent back: without what the SDK's own accumulator has added to it. */
function asInput(item: object): OpenAI.Responses.ResponseInputItem {
  const { parsed_arguments: _added, ...own } = item as Record<string, unknown>;
  return own as unknown as OpenAI.Responses.ResponseInputItem;
}

describe.each(FORMATS)('a model of a provider that speaks %s', (model) => {
  it('answers whole and streamed with the same words and the same usage', async () => {
    const body = { model, input: 'Explain tides', instructions: 'Be kind.' };
    const whole = await client.responses.create(body);
    const final = await streamed(body);
    expect(whole.output_text).toBeTruthy();
    expect(final.output_text).toBe(whole.output_text);
    expect([whole.model, whole.status, final.status]).toEqual([model, 'completed', 'completed']);
    expect(final.usage).toEqual(whole.usage);
    expect(whole.usage?.output_tokens).toBeGreaterThan(0);
    expect(whole).toMatchObject({ store: false });
  });

  it('runs an agent: parallel tools, streamed, everything sent back as it came', async () => {
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'What is the weather in Paris and in Oslo? Use the tool.' },
    ];
    const first = await streamed({ model, input, tools: [weather] });
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map((call) => JSON.parse(call.arguments))).toEqual([{ city: 'Paris' }, { city: 'Oslo' }]);
    input.push(
      ...first.output.map(asInput),
      ...calls.map(({ call_id }) => ({
        type: 'function_call_output' as const,
        call_id,
        output: `21 degrees for ${call_id}`,
      })),
    );
    const second = await client.responses.create({ model, input, tools: [weather] });
    expect(second.status).toBe('completed');
    expect(second.output_text).toContain('21 degrees');
  });

  it('answers in the form it is given, and stops where it is told to', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, mood: { type: 'string', enum: ['good', 'bad'] } },
      required: ['city', 'mood'],
      additionalProperties: false,
    };
    const formed = await client.responses.create({
      model,
      input: 'How is Paris? It feels bad.',
      text: { format: { type: 'json_schema', name: 'report', strict: true, schema } },
    });
    expect(Object.keys(JSON.parse(formed.output_text) as object).sort()).toEqual(['city', 'mood']);
    const short = await client.responses.create({
      model,
      input: 'List ten facts about rivers.',
      max_output_tokens: 16,
    });
    expect([short.status, short.incomplete_details?.reason]).toEqual(['incomplete', 'max_output_tokens']);
  });

  it('says that a stream was cut off, and never ends it as if it were whole', async () => {
    const stream = await client.responses.create({
      model,
      input: 'List ten facts about rivers. [[simulate: truncate after=12]]',
      stream: true,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.at(-1)).toBe('response.failed');
    expect(types).not.toContain('response.completed');
  });

  it('may not read what others have left at the provider', async () => {
    await expect(client.responses.create({ model, input: 'Hi', previous_response_id: 'resp_1' })).rejects.toMatchObject(
      {
        status: 400,
        param: 'previous_response_id',
      },
    );
  });
});
