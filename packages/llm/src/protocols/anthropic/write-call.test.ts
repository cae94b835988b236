import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../codec.ts';
import type { Call, Part, Turn } from '../../neutral/call.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { codec } from './codec.ts';

type Json = ReturnType<typeof JSON.parse>;

const target = (model = 'claude-sonnet-4-6', more: Partial<Target> = {}): Target => ({
  model,
  maxOutputTokens: 64_000,
  quirks: {},
  ...more,
});

const user = (text: string): Turn => ({ role: 'user', parts: [{ kind: 'text', text }] });
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const toolCall = (id: string, more: Partial<Part> = {}): Part =>
  ({ kind: 'tool_call', id, name: 'f', arguments: '{}', ...more }) as Part;
const result = (callId: string, text = callId): Part => ({
  kind: 'tool_result',
  callId,
  parts: [{ kind: 'text', text }],
});
const call = (members: Partial<Call>): Call => ({
  protocol: 'openai_chat',
  model: 'm',
  stream: false,
  turns: [user('hi')],
  tools: [],
  extra: {},
  ...members,
});

function write(members: Partial<Call>, to: Target = target()) {
  const { body, losses, toolNames } = codec.provider!.write(call(members), to);
  return { body: JSON.parse(body), text: body, toolNames, losses, lost: losses.map(({ path }) => path) };
}

const tool = { kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } } as const;

describe('writing a Messages request', () => {
  it('writes a whole request', () => {
    const { body, losses } = write({
      stream: true,
      turns: [{ role: 'system', parts: [{ kind: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] }, user('hi')],
      tools: [{ ...tool, description: 'does', cache: { ttl: '5m' } }],
      toolChoice: 'any',
      parallelToolCalls: false,
      maxOutputTokens: 50,
      topP: 0.5,
      stop: ['x', ' '],
      user: 'u1',
    });
    expect(body).toEqual({
      model: 'claude-sonnet-4-6',
      max_tokens: 50,
      stream: true,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [{ name: 'f', description: 'does', input_schema: tool.parameters, cache_control: { type: 'ephemeral' } }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      top_p: 0.5,
      stop_sequences: ['x'],
      metadata: { user_id: 'u1' },
    });
    expect(losses.map(({ path }) => path)).toEqual(['stop']);
  });

  it('fills in max_tokens, and bounds it by what the model can give', () => {
    expect(write({}).body.max_tokens).toBe(64_000);
    expect(write({}, target('x', { maxOutputTokens: null })).body.max_tokens).toBe(4096);
    const { body, lost } = write({ maxOutputTokens: 100_000 });
    expect([body.max_tokens, lost]).toEqual([64_000, ['max_tokens']]);
  });

  it('gathers instructions, also those of the middle, in order', () => {
    const system = (text: string): Turn => ({ role: 'system', parts: [{ kind: 'text', text }] });
    const { body } = write({ turns: [system('a'), user('1'), system('b'), user('2')] });
    expect(body.system.map((block: Json) => block.text)).toEqual(['a', 'b']);
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: '1' },
          { type: 'text', text: '2' },
        ],
      },
    ]);
  });

  it('alternates roles, begins with the user, and never sends an empty conversation', () => {
    const text = (value: string): Part => ({ kind: 'text', text: value });
    const { body } = write({ turns: [assistant(text('a')), assistant(text('b')), user('c'), user('d')] });
    expect(body.messages.map((message: Json) => [message.role, message.content.length])).toEqual([
      ['user', 1],
      ['assistant', 2],
      ['user', 2],
    ]);
    expect(write({ turns: [] }).body.messages).toHaveLength(1);
  });

  it('sends no text of nothing but white space, and no white space at the end of a beginning', () => {
    const { body } = write({ turns: [user('  '), assistant({ kind: 'text', text: 'The answer is  \n' })] });
    expect(body.messages[0].content).toEqual([{ type: 'text', text: '…' }]);
    expect(body.messages[1].content).toEqual([{ type: 'text', text: 'The answer is' }]);
  });

  it('puts results first in one user turn, in the order of the calls, and misses none', () => {
    const { body, losses } = write({
      turns: [
        user('go'),
        assistant({ kind: 'text', text: 'ok' }, toolCall('a'), toolCall('b'), toolCall('c')),
        user('wait'),
        { role: 'user', parts: [result('c')] },
        { role: 'user', parts: [{ ...result('a'), isError: true } as Part] },
      ],
    });
    const [, , last] = body.messages;
    expect(last.content.map((block: Json) => block.tool_use_id ?? block.text)).toEqual(['a', 'b', 'c', 'wait']);
    expect(last.content.map((block: Json) => block.is_error)).toEqual([true, true, undefined, undefined]);
    expect(losses).toEqual([{ path: 'messages[1].content[2]', why: expect.any(String), essential: false }]);
  });

  it('gives ids a form that is taken, the same for call and result, and each call its own', () => {
    const { body } = write({
      turns: [
        user('go'),
        assistant(toolCall('call/1 ü'), toolCall('call/1 é')),
        { role: 'user', parts: [result('call/1 ü', 'first'), result('call/1 é', 'second')] },
        assistant(toolCall('call/1 ü')),
        { role: 'user', parts: [result('call/1 ü', 'third')] },
      ],
    });
    const ids: string[] = [];
    const answers = new Map<string, string>();
    for (const { content } of body.messages) {
      for (const block of content) {
        if (block.type === 'tool_use') ids.push(block.id);
        if (block.type === 'tool_result') answers.set(block.tool_use_id, block.content[0].text);
      }
    }
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(ids.map((id) => answers.get(id))).toEqual(['first', 'second', 'third']);
  });

  it('keeps arguments as they came, and wraps what is no object', () => {
    const args = ['{ "z": 12345678901234567890,"a":1.0 }', '', '{"cut', '[1]', '{"__proto__":{"a":1}}'];
    const { text } = write({
      turns: [user('x'), assistant(...args.map((given, i) => toolCall(`c${i}`, { arguments: given })))],
    });
    for (const written of [
      `"input":${args[0]}`,
      '"input":{}',
      '"input":{"INVALID_JSON":"{\\"cut"}',
      '"input":{"INVALID_JSON":"[1]"}',
      `"input":${args[4]}`,
    ]) {
      expect(text).toContain(written);
    }
  });

  it('sends Claude’s own thoughts back unchanged and first, also without text, and nobody else’s', () => {
    const signed = (text: string): Part => ({ kind: 'reasoning', text, proof: { protocol: 'anthropic', value: 's' } });
    const { body, lost } = write({
      turns: [
        user('x'),
        assistant(
          signed(''),
          { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'r' } },
          { kind: 'reasoning', text: 'unsigned' },
          { kind: 'reasoning', text: 'other', proof: { protocol: 'openai_responses', value: 'e' } },
          toolCall('a'),
        ),
        { role: 'user', parts: [result('a')] },
      ],
    });
    expect(body.messages[1].content).toEqual([
      { type: 'thinking', thinking: '', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
      { type: 'tool_use', id: 'a', name: 'f', input: {} },
    ]);
    expect(lost).toEqual(['messages[1].content[2]', 'messages[1].content[3]']);
  });

  it('writes pictures, documents and what is in results', () => {
    const { body, losses } = write({
      turns: [
        {
          role: 'user',
          parts: [
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA' }, cache: { ttl: '5m' } },
            { kind: 'image', source: { kind: 'url', url: 'https://x/a.png' } },
            { kind: 'image', source: { kind: 'data', mediaType: 'image/tiff', data: 'AA' } },
            { kind: 'document', name: 'd', source: { kind: 'data', mediaType: 'application/pdf', data: 'AA' } },
            {
              kind: 'document',
              source: { kind: 'data', mediaType: 'text/csv', data: Buffer.from('a,b').toString('base64') },
            },
            { kind: 'document', source: { kind: 'file', id: 'f1', protocol: 'openai_chat' } },
            { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA' } },
            { kind: 'other', protocol: 'gemini', path: 'contents[0].parts[7]', raw: {} },
          ],
        },
      ],
    });
    expect(body.messages[0].content).toEqual([
      {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: 'AA' },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'image', source: { type: 'url', url: 'https://x/a.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA' }, title: 'd' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ]);
    expect(losses.map(({ path, essential }) => [path, essential])).toEqual([
      ['messages[0].content[2]', true],
      ['messages[0].content[5]', true],
      ['messages[0].content[6]', true],
      ['contents[0].parts[7]', true],
    ]);
  });

  it('gives names of tools a form that is taken, and says which they were', () => {
    const named = { ...tool, name: 'server.tool/ä' };
    const turns = [
      user('x'),
      assistant(toolCall('a', { name: named.name })),
      { role: 'user', parts: [result('a')] } as const,
    ];
    const { body, toolNames } = write({ turns, tools: [named], toolChoice: { tool: named.name } });
    const { name } = body.tools[0];
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
    expect([body.tool_choice.name, body.messages[1].content[0].name]).toEqual([name, name]);
    expect(toolNames?.get(name)).toBe(named.name);
    expect(write({ tools: [tool] }).toolNames).toBeUndefined();
  });

  it('keeps the last four cache marks', () => {
    const marked = (text: string): Part => ({ kind: 'text', text, cache: { ttl: '5m' } });
    const { body, lost } = write({
      tools: [{ ...tool, cache: { ttl: '5m' } }],
      turns: [
        { role: 'system', parts: [marked('s')] },
        { role: 'user', parts: ['1', '2', '3', '4'].map(marked) },
      ],
    });
    expect(JSON.stringify(body.messages).match(/cache_control/g)).toHaveLength(4);
    expect(JSON.stringify([body.tools, body.system])).not.toContain('cache_control');
    expect(lost).toEqual(['tools[0].cache_control', 'messages[0].content[0].cache_control']);
  });

  it.each([
    ['none', { type: 'none' }],
    ['auto', { type: 'auto' }],
    ['any', { type: 'any' }],
    [{ tool: 'f' }, { type: 'tool', name: 'f' }],
  ] as const)('writes tool choice %j', (toolChoice, expected) => {
    expect(write({ tools: [tool], toolChoice }).body.tool_choice).toEqual(expected);
  });

  it('says what it cannot tell, and what of it is essential', () => {
    const { losses } = write({
      seed: 1,
      frequencyPenalty: 1,
      presencePenalty: 0,
      choices: 2,
      logprobs: { top: 2 },
      metadata: { a: 1 },
      serviceTier: 'flex',
      tools: [{ kind: 'other', protocol: 'openai_responses', path: 'tools[0]', raw: {} }],
      extra: { logit_bias: {} },
    });
    expect(losses.filter(({ essential }) => essential).map(({ path }) => path)).toEqual(['tools[0]', 'n', 'logprobs']);
    expect(losses.filter(({ essential }) => !essential).map(({ path }) => path)).toEqual([
      'seed',
      'frequency_penalty',
      'metadata',
      'service_tier',
      'logit_bias',
    ]);
  });
});

describe('sampling', () => {
  it('clamps temperature to 1, and sends it or top_p', () => {
    const { body, lost } = write({ temperature: 1.7, topP: 0.3, topK: 5 });
    expect([body.temperature, body.top_p, body.top_k, lost]).toEqual([1, undefined, 5, ['temperature', 'top_p']]);
  });

  it('is not sent to models that refuse it', () => {
    const { body, lost } = write({ temperature: 0.2, topK: 1 }, target('claude-opus-4-7'));
    expect([body.temperature, body.top_k, lost]).toEqual([undefined, undefined, ['temperature', 'top_k']]);
  });

  it('is not sent while the model thinks', () => {
    const { body, lost } = write({ temperature: 0.2, reasoning: { mode: 'on', effort: 'low' } });
    expect([body.temperature, lost]).toEqual([undefined, ['temperature']]);
  });
});

describe('thinking', () => {
  const older = target('claude-sonnet-4-5-20250929');

  it.each([
    ['low', 2048],
    ['medium', 8192],
    ['high', 16_384],
  ] as const)('turns effort %s into a budget below max_tokens for models that take one', (effort, budget) => {
    const { body } = write({ reasoning: { mode: 'on', effort } }, older);
    expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: budget });
    expect(body.max_tokens).toBeGreaterThan(budget);
    expect(body.output_config).toBeUndefined();
  });

  it('fits the budget under the client’s max_tokens, or says that it does not', () => {
    const fitted = write({ maxOutputTokens: 4000, reasoning: { mode: 'on', effort: 'high' } }, older);
    expect([fitted.body.thinking.budget_tokens, fitted.body.max_tokens]).toEqual([3999, 4000]);
    const tight = write({ maxOutputTokens: 1024, reasoning: { mode: 'on', effort: 'high' } }, older);
    expect([tight.body.thinking, tight.lost]).toEqual([undefined, ['reasoning']]);
  });

  it('turns a budget into an effort for models that take one', () => {
    const { body } = write({ reasoning: { mode: 'on', budgetTokens: 3000 } }, target('claude-opus-5'));
    expect([body.thinking, body.output_config]).toEqual([{ type: 'adaptive' }, { effort: 'medium' }]);
  });

  it('gives way to a forced tool', () => {
    for (const toolChoice of ['any', { tool: 'f' }] as const) {
      const { body, lost } = write({ tools: [tool], toolChoice, reasoning: { mode: 'on', effort: 'low' } });
      expect([body.thinking, lost]).toEqual([undefined, ['reasoning']]);
    }
  });

  it('is left out where a model with a budget would miss the thoughts before its calls', () => {
    const turns = [user('x'), assistant(toolCall('a')), { role: 'user', parts: [result('a')] } as Turn];
    expect(write({ turns, reasoning: { mode: 'on', effort: 'low' } }, older).lost).toEqual(['reasoning']);
    expect(write({ turns, reasoning: { mode: 'on', effort: 'low' } }).body.thinking).toEqual({ type: 'adaptive' });
  });

  it('is turned off as each model can be told', () => {
    expect(write({ reasoning: { mode: 'off' } }, older).body.thinking).toBeUndefined();
    expect(write({ reasoning: { mode: 'off' } }, target('claude-opus-5')).body.thinking).toEqual({ type: 'disabled' });
    const { body, lost } = write({ reasoning: { mode: 'off' } }, target('claude-fable-5'));
    expect([body.thinking, body.output_config, lost]).toEqual([undefined, { effort: 'low' }, ['reasoning']]);
  });

  it('is not asked of models that cannot', () => {
    for (const to of [target('claude-3-5-haiku-20241022'), target('x', { quirks: { reasoningEffort: false } })]) {
      expect(write({ reasoning: { mode: 'on' } }, to).lost).toEqual(['reasoning']);
    }
  });
});

describe('structured output', () => {
  const output = {
    kind: 'json_schema',
    name: 'city',
    schema: { type: 'object', properties: { a: { type: 'object', properties: {} } } },
  } as const;

  it('is asked with output_config.format, every object closed', () => {
    expect(write({ output }).body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { a: { type: 'object', properties: {}, additionalProperties: false } },
          additionalProperties: false,
        },
      },
    });
  });

  it('is a forced tool for older models and where the provider does not know it', () => {
    for (const to of [target('claude-sonnet-4-20250514'), target('claude-opus-5', { quirks: { jsonSchema: false } })]) {
      const { body } = write({ output }, to);
      expect(body.output_config).toBeUndefined();
      expect(body.tools).toMatchObject([{ name: OUTPUT_TOOL, input_schema: output.schema }]);
      expect(body.tool_choice).toMatchObject({ type: 'tool', name: OUTPUT_TOOL });
      expect(write({ output, tools: [tool] }, to).body.tool_choice).toEqual({ type: 'any' });
    }
  });

  it('without a schema is asked for in words, and that is said', () => {
    const { body, lost } = write({ output: { kind: 'json' } });
    expect(body.system.at(-1).text).toContain('JSON');
    expect(lost).toEqual(['response_format']);
  });

  it('sends `strict` only where it is known', () => {
    const strict = { ...tool, strict: true };
    expect(write({ tools: [strict] }).body.tools[0].strict).toBe(true);
    expect(write({ tools: [strict] }, target('claude-3-7-sonnet-latest')).body.tools[0].strict).toBeUndefined();
    expect(
      write({ tools: [strict] }, target('claude-opus-5', { quirks: { strictTools: false } })).body.tools[0].strict,
    ).toBeUndefined();
  });
});

const word = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== '');
const textPart = fc.record({ kind: fc.constant('text' as const), text: word });
const anyTurns = fc.array(
  fc.oneof(
    fc.record({ role: fc.constant('user' as const), parts: fc.array(textPart, { minLength: 1, maxLength: 2 }) }),
    fc.record({
      role: fc.constant('assistant' as const),
      parts: fc.array(
        fc.oneof(
          textPart,
          fc.record({
            kind: fc.constant('tool_call' as const),
            id: fc.constantFrom('a', 'b'),
            name: fc.constant('f'),
            arguments: fc.json({ maxDepth: 1 }),
          }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    fc.record({ role: fc.constant('user' as const), parts: fc.constantFrom('a', 'b', 'c').map((id) => [result(id)]) }),
  ),
  { maxLength: 10 },
);

describe('any conversation', () => {
  it('is written so that Anthropic takes it: roles alternate, every call is answered at once, ids are unique', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const { messages } = write({ turns: turns }).body;
        const ids = new Set<string>();
        for (const [i, { role, content }] of messages.entries()) {
          expect(role).toBe(i % 2 === 0 ? 'user' : 'assistant');
          expect(content.length).toBeGreaterThan(0);
          const calls = content.filter((block: Json) => block.type === 'tool_use').map((block: Json) => block.id);
          for (const id of calls) {
            expect(ids.has(id)).toBe(false);
            ids.add(id);
          }
          const next = messages[i + 1];
          if (next) expect(next.content.slice(0, calls.length).map((block: Json) => block.tool_use_id)).toEqual(calls);
        }
      }),
    );
  });

  it('means the same after being written and read', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const once = write({ turns: turns, maxOutputTokens: 5, tools: [tool] });
        const envelope = codec.client!.envelope(once.text, { model: '', stream: false, query: '' });
        if ('malformed' in envelope) throw new Error(envelope.message);
        const again = codec.client!.read(envelope);
        if ('malformed' in again) throw new Error(again.message);
        const twice = codec.provider!.write(again, target());
        expect(JSON.parse(twice.body)).toEqual(once.body);
      }),
    );
  });
});
