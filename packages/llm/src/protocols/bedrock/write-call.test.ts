import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../codec.ts';
import type { Call, Part, Turn } from '../../neutral/call.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { codec } from './codec.ts';

type Json = ReturnType<typeof JSON.parse>;

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const target = (model = CLAUDE, more: Partial<Target> = {}): Target => ({
  model,
  maxOutputTokens: 64_000,
  quirks: {},
  ...more,
});
const user = (...parts: (string | Part)[]): Turn => ({
  role: 'user',
  parts: parts.map((part) => (typeof part === 'string' ? { kind: 'text', text: part } : part)),
});
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const toolCall = (id: string, name = 'f'): Part => ({ kind: 'tool_call', id, name, arguments: '{"n":1.0}' });
const result = (callId: string, more: object = {}): Part => ({
  kind: 'tool_result',
  callId,
  parts: [{ kind: 'text', text: callId }],
  ...more,
});
const tool = { kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } } as const;

function write(members: Partial<Call>, to: Target = target()) {
  const call: Call = {
    protocol: 'openai_chat',
    model: 'm',
    stream: false,
    turns: [user('hi')],
    tools: [],
    extra: {},
    ...members,
  };
  const { body, losses, toolNames } = codec.provider!.write(call, to);
  return { body: JSON.parse(body), text: body, toolNames, losses, lost: losses.map(({ path }) => path) };
}

describe('writing a Converse request', () => {
  it('writes a whole request', () => {
    const { body, losses } = write({
      turns: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
        user({ kind: 'text', text: 'hi', cache: { ttl: '5m' } }),
      ],
      tools: [{ ...tool, description: 'does', cache: { ttl: '5m' } }],
      toolChoice: 'any',
      maxOutputTokens: 50,
      temperature: 1.5,
      topP: 0.5,
      topK: 3,
      stop: ['x'],
      serviceTier: 'flex',
    });
    expect(body).toEqual({
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ text: 'hi' }, { cachePoint: { type: 'default' } }] }],
      toolConfig: {
        tools: [
          { toolSpec: { name: 'f', description: 'does', inputSchema: { json: tool.parameters } } },
          { cachePoint: { type: 'default' } },
        ],
        toolChoice: { any: {} },
      },
      inferenceConfig: { maxTokens: 50, temperature: 1, topP: 0.5, stopSequences: ['x'] },
      additionalModelRequestFields: { top_k: 3 },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
      serviceTier: { type: 'flex' },
    });
    expect(losses.map(({ path }) => path)).toEqual(['temperature']);
  });

  it('says nothing that was not asked', () => {
    expect(Object.keys(write({}).body)).toEqual(['messages']);
  });

  it('puts results of one turn in one message, first and in order, failed ones marked', () => {
    const { body, text } = write({
      tools: [tool],
      turns: [
        user('x'),
        assistant(toolCall('a'), toolCall('b')),
        user('wait'),
        user(result('b', { isError: true })),
        user(result('a')),
      ],
    });
    expect(text).toContain('{"toolUse":{"toolUseId":"a","name":"f","input":{"n":1.0}}}');
    expect(body.messages.at(-1).content).toEqual([
      { toolResult: { toolUseId: 'a', content: [{ text: 'a' }] } },
      { toolResult: { toolUseId: 'b', content: [{ text: 'b' }], status: 'error' } },
      { text: 'wait' },
    ]);
  });

  it('has a toolConfig wherever tools were used before', () => {
    const turns = [user('x'), assistant(toolCall('a', 'old')), user(result('a'))];
    expect(write({ turns }).body.toolConfig.tools).toMatchObject([{ toolSpec: { name: 'old' } }]);
    const none = write({ turns, tools: [tool], toolChoice: 'none' });
    expect([none.body.toolConfig.tools.length, none.lost]).toEqual([1, ['tool_choice']]);
    expect(write({ tools: [tool], toolChoice: 'none' }).body.toolConfig).toBeUndefined();
  });

  it('gives names and ids a form that is taken', () => {
    const name = 'mcp/server.tool-with-a-name-that-is-far-longer-than-the-sixty-four-letters-allowed';
    const { body, toolNames } = write({
      tools: [{ ...tool, name }],
      toolChoice: { tool: name },
      turns: [user('x'), assistant(toolCall('call:1', name)), user(result('call:1'))],
    });
    const [spec] = body.toolConfig.tools;
    const sent = spec.toolSpec.name;
    expect(sent).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(toolNames?.get(sent)).toBe(name);
    expect(body.toolConfig.toolChoice.tool.name).toBe(sent);
    const { toolUse } = body.messages[1].content[0];
    expect(toolUse.name).toBe(sent);
    expect(toolUse.toolUseId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(body.messages[2].content[0].toolResult.toolUseId).toBe(toolUse.toolUseId);
  });

  it('gives Mistral ids of nine letters or digits', () => {
    const turns = [
      user('x'),
      assistant(toolCall('call_1'), toolCall('abcdefgh9')),
      user(result('call_1'), result('abcdefgh9')),
    ];
    const { content } = write({ turns }, target('mistral.mistral-large-2407-v1:0')).body.messages[1];
    expect(content[0].toolUse.toolUseId).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(content[1].toolUse.toolUseId).toBe('abcdefgh9');
  });

  it('sends Claude’s signed thoughts back, and leaves out all others', () => {
    const thoughts: Part[] = [
      { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
      { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'cmVk' } },
      { kind: 'reasoning', text: 'unsigned' },
      { kind: 'reasoning', text: 'other', proof: { protocol: 'gemini', value: 'g' } },
    ];
    const turns = [user('x'), assistant(...thoughts, { kind: 'text', text: 'a' }), user('y')];
    const { body, losses } = write({ turns });
    expect(body.messages[1].content).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
      { reasoningContent: { redactedContent: 'cmVk' } },
      { text: 'a' },
    ]);
    expect(losses.every(({ essential }) => !essential)).toBe(true);
    expect(write({ turns }, target('amazon.nova-pro-v1:0')).body.messages[1].content).toEqual([{ text: 'a' }]);
  });

  it('writes pictures, documents, sound and film, and says which it cannot', () => {
    const data = (mediaType: string) => ({ kind: 'data', mediaType, data: 'AA' }) as const;
    const { body, losses } = write({
      turns: [
        user(
          { kind: 'image', source: data('image/png') },
          { kind: 'document', name: 'a/b.pdf', source: data('application/pdf') },
          { kind: 'document', name: 'a b pdf', source: { kind: 'text', text: 'words' } },
          { kind: 'video', source: { kind: 'url', url: 's3://bucket/film.mp4', mediaType: 'video/mp4' } },
          { kind: 'audio', source: data('audio/wav') },
          { kind: 'image', source: { kind: 'url', url: 'https://x/a.png' } },
          { kind: 'document', source: data('application/zip') },
        ),
      ],
    });
    expect(body.messages[0].content).toEqual([
      { image: { format: 'png', source: { bytes: 'AA' } } },
      { document: { format: 'pdf', name: 'a b pdf', source: { bytes: 'AA' } } },
      { document: { format: 'txt', name: 'a b pdf (2)', source: { text: 'words' } } },
      { video: { format: 'mp4', source: { s3Location: { uri: 's3://bucket/film.mp4' } } } },
      { audio: { format: 'wav', source: { bytes: 'AA' } } },
      { text: '…' },
    ]);
    expect(losses).toEqual([
      { path: 'messages[0].content[5]', why: expect.any(String), essential: true },
      { path: 'messages[0].content[6]', why: expect.any(String), essential: true },
    ]);
  });

  it('asks for what lies at web addresses to be put in place, and follows S3 itself', () => {
    const parts: Part[] = ['https://x/a.png', 's3://bucket/b.png'].map((url) => ({
      kind: 'image',
      source: { kind: 'url', url },
    }));
    const call: Call = {
      protocol: 'openai_chat',
      model: 'm',
      stream: false,
      turns: [user(...parts)],
      tools: [],
      extra: {},
    };
    expect(codec.provider!.mediaToFetch!(call)).toEqual(['https://x/a.png']);
  });

  it('tells Claude how much to think, with a budget or an effort, and drops what excludes it', () => {
    const budget = write({ reasoning: { mode: 'on', effort: 'low' }, temperature: 0.2 });
    expect(budget.body.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: 2048 } });
    expect(budget.body.inferenceConfig).toEqual({ maxTokens: 64_000 });
    expect(budget.lost).toEqual(['temperature']);
    const adaptive = write({ reasoning: { mode: 'on', effort: 'low' } }, target('anthropic.claude-opus-5'));
    expect(adaptive.body).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      outputConfig: { effort: 'low' },
    });
  });

  it.each([
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'high' }],
    ['us.amazon.nova-2-lite-v1:0', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } }],
    ['meta.llama3-3-70b-instruct-v1:0', undefined],
  ])('tells %s how much to think in its own way', (model, fields) => {
    const { body, lost } = write({ reasoning: { mode: 'on', effort: 'high' } }, target(model));
    expect(body.additionalModelRequestFields).toEqual(fields);
    expect(lost).toEqual(fields === undefined ? ['reasoning'] : []);
  });

  it('holds an answer to a schema: by textFormat, a forced tool, or in words', () => {
    const output = { kind: 'json_schema', name: 'city', schema: { type: 'object', properties: {} } } as const;
    const { outputConfig } = write({ output }).body;
    expect(outputConfig.textFormat.type).toBe('json_schema');
    expect(JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema)).toEqual({
      ...output.schema,
      additionalProperties: false,
    });
    const forced = write({ output }, target('amazon.nova-pro-v1:0'));
    expect(forced.body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: OUTPUT_TOOL } }],
      toolChoice: { tool: { name: OUTPUT_TOOL } },
    });
    expect(forced.lost).toEqual([]);
    const words = write({ output }, target('meta.llama3-3-70b-instruct-v1:0'));
    expect(words.body.system[0].text).toContain(JSON.stringify(output.schema));
    expect(words.lost).toEqual(['response_format']);
  });

  it('names what it cannot tell', () => {
    const { losses } = write({
      seed: 1,
      choices: 2,
      user: 'u',
      parallelToolCalls: false,
      extra: { logit_bias: {} },
      tools: [{ kind: 'other', protocol: 'anthropic', path: 'tools[0]', raw: {} }],
    });
    expect(losses.map(({ path, essential }) => [path, essential])).toEqual([
      ['tools[0]', true],
      ['seed', false],
      ['n', true],
      ['user', false],
      ['parallel_tool_calls', false],
      ['logit_bias', false],
    ]);
  });

  it('writes any conversation so that Bedrock takes it', () => {
    const part = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text: fc.string({ maxLength: 3 }) }),
      fc.record({
        kind: fc.constant('tool_call' as const),
        id: fc.constantFrom('a', 'b/'),
        name: fc.constantFrom('f', 'g.h'),
        arguments: fc.string(),
      }),
      fc.constantFrom('a', 'b/', 'c').map((id) => result(id)),
    );
    const turn = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      parts: fc.array(part, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const own = turns.map(({ role, parts }) => ({
          role,
          parts: parts.filter(({ kind }) => kind !== (role === 'user' ? 'tool_call' : 'tool_result')),
        }));
        const { messages, toolConfig } = write({ turns: own }).body;
        for (const [i, { role, content }] of messages.entries()) {
          expect(role).toBe(i % 2 === 0 ? 'user' : 'assistant');
          expect(content.length).toBeGreaterThan(0);
          for (const block of content) if ('text' in block) expect(block.text.trim()).not.toBe('');
          const calls = content.flatMap((block: Json) => (block.toolUse ? [block.toolUse.toolUseId] : []));
          if (calls.length > 0) expect(toolConfig.tools.length).toBeGreaterThan(0);
          const next = messages[i + 1];
          if (next)
            expect(next.content.slice(0, calls.length).map((block: Json) => block.toolResult?.toolUseId)).toEqual(
              calls,
            );
        }
      }),
    );
  });
});
