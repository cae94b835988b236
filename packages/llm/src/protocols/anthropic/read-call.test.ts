import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, CallIssue } from '../../neutral/call.ts';
import { codec } from './codec.ts';

const { client } = codec;
const ADDRESS = { model: '', stream: false, query: '' };

function read(body: unknown): Call | CallIssue {
  const envelope = client!.envelope(typeof body === 'string' ? body : JSON.stringify(body), ADDRESS);
  return 'malformed' in envelope ? envelope : client!.read(envelope);
}

function call(members: Record<string, unknown>): Call {
  const read_ = read({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], ...members });
  if ('malformed' in read_) throw new Error(JSON.stringify(read_));
  return read_;
}

const conversation = {
  model: 'claude',
  max_tokens: 100,
  stream: true,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'document', title: 'Notes', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
        { type: 'redacted_thinking', data: 'hidden' },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [
            { type: 'text', text: 'no' },
            { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
          ],
        },
      ],
    },
  ],
};

describe('reading a Messages request', () => {
  it('reads a conversation with a picture, a document, thoughts, a call and its result', () => {
    expect(read(conversation)).toMatchObject({
      protocol: 'anthropic',
      model: 'claude',
      stream: true,
      maxOutputTokens: 100,
      turns: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
        {
          role: 'user',
          parts: [
            { kind: 'text', text: 'What is this?', cache: { ttl: '5m' } },
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } },
            { kind: 'document', name: 'Notes', source: { kind: 'text', text: 'words' } },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
            { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'hidden' } },
            { kind: 'tool_call', id: 'toolu_1', name: 'look', arguments: '{"a":1}' },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              kind: 'tool_result',
              callId: 'toolu_1',
              name: 'look',
              isError: true,
              parts: [
                { kind: 'text', text: 'no' },
                { kind: 'image', source: { kind: 'url', url: 'https://x/y.png' } },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'any'],
    [{ type: 'none' }, 'none'],
    [{ type: 'tool', name: 'f' }, { tool: 'f' }],
  ])('reads tool_choice %j', (given, expected) => {
    expect(call({ tool_choice: given }).toolChoice).toEqual(expected);
  });

  it('reads disable_parallel_tool_use', () => {
    expect(call({ tool_choice: { type: 'auto', disable_parallel_tool_use: true } }).parallelToolCalls).toBe(false);
    expect(call({ tool_choice: { type: 'auto' } }).parallelToolCalls).toBeUndefined();
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { mode: 'on', budgetTokens: 2000 }],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { mode: 'adaptive', show: false }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
      { mode: 'on', effort: 'max' },
    ],
    [{ output_config: { effort: 'low' } }, { mode: 'on', effort: 'low' }],
  ])('reads how much to think from %j', (members, expected) => {
    expect(call(members).reasoning).toEqual(expected);
  });

  it('reads a schema to answer in', () => {
    const schema = { type: 'object' };
    const expected = { kind: 'json_schema', schema, strict: true };
    expect(call({ output_config: { format: { type: 'json_schema', schema } } }).output).toMatchObject(expected);
    expect(call({ output_format: { type: 'json_schema', schema } }).output).toMatchObject(expected);
  });

  it('keeps all digits and the order of a call’s arguments', () => {
    const input = '{ "2": 12345678901234567890, "1": 1e400, "z": {"y": 0.12345678901234567890} }';
    const text = `{"model":"m","messages":[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"f","input":${input}}]}]}`;
    const parts = (read(text) as Call).turns[0]?.parts;
    expect(parts?.[1]).toMatchObject({ arguments: input });
  });

  it('gives the client’s own path of what has no place, once each', () => {
    const block = { type: 'text', text: 'a', citations: [{ type: 'char_location' }] };
    const { extra } = call({
      container: 'c1',
      metadata: { user_id: 'u', team: 'x' },
      messages: [{ role: 'user', content: [block, block] }],
      tools: [{ name: 'f', input_schema: {}, defer_loading: true }],
    });
    expect(Object.keys(extra).sort()).toEqual([
      'container',
      'messages[0].content[0].citations',
      'metadata.team',
      'tools[0].defer_loading',
    ]);
  });

  it('keeps tools and blocks that only Anthropic runs, with their paths', () => {
    const search = { type: 'web_search_20260209', name: 'web_search' };
    const use = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    const read_ = call({ tools: [search], messages: [{ role: 'assistant', content: [use] }] });
    expect(read_.tools).toEqual([{ kind: 'other', protocol: 'anthropic', path: 'tools[0]', raw: search }]);
    expect(read_.turns[0]?.parts).toEqual([
      { kind: 'other', protocol: 'anthropic', path: 'messages[0].content[0]', raw: use },
    ]);
  });

  it.each([
    ['{', null],
    ['[]', null],
    [{ messages: [] }, 'model'],
    [{ model: 'm' }, 'messages'],
    [{ model: 'm', messages: [], stream: 1 }, 'stream'],
    [{ model: 'm', messages: [], max_tokens: 'x' }, 'max_tokens'],
    [{ model: 'm', messages: [], stop_sequences: [1] }, 'stop_sequences'],
    [{ model: 'm', messages: [], system: 1 }, 'system'],
    [{ model: 'm', messages: [], tools: {} }, 'tools'],
    [{ model: 'm', messages: [], tools: [{}] }, 'tools[0].name'],
    [{ model: 'm', messages: [], tools: [{ name: 'f', input_schema: [] }] }, 'tools[0].input_schema'],
    [{ model: 'm', messages: [], tool_choice: 'auto' }, 'tool_choice'],
    [{ model: 'm', messages: [], tool_choice: { type: '__proto__' } }, 'tool_choice'],
    [{ model: 'm', messages: [], thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ model: 'm', messages: [], output_config: { format: { type: 'xml' } } }, 'output_config.format'],
    [{ model: 'm', messages: [null] }, 'messages[0]'],
    [{ model: 'm', messages: [{ role: 'tool', content: '' }] }, 'messages[0].role'],
    [{ model: 'm', messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    [{ model: 'm', messages: [{ role: 'user', content: [{}] }] }, 'messages[0].content[0].type'],
    [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages[0].content[0].source'],
    [
      {
        model: 'm',
        messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: 'x' }] }],
      },
      'messages[0].content[0].input',
    ],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'tool_result', content: 'x' }] }] },
      'messages[0].content[0].tool_use_id',
    ],
  ])('says which field of %j is wrong', (body, param) => {
    const issue = read(body) as CallIssue;
    expect(issue.param).toBe(param);
    expect(issue.malformed).toBe(param === null);
    if (param !== null) expect(issue.message).toContain(`\`${param}\``);
  });

  it('crashes on nothing', () => {
    const deep = `{"model":"m","messages":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect('malformed' in read(deep)).toBe(true);
    const block = fc.record(
      {
        type: fc.constantFrom(
          'text',
          'image',
          'document',
          'thinking',
          'redacted_thinking',
          'tool_use',
          'tool_result',
          'x',
        ),
        text: fc.jsonValue(),
        source: fc.jsonValue(),
        id: fc.jsonValue(),
        name: fc.jsonValue(),
        input: fc.jsonValue(),
        content: fc.jsonValue(),
        thinking: fc.jsonValue(),
        data: fc.jsonValue(),
        tool_use_id: fc.jsonValue(),
        cache_control: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    const body = fc.record(
      {
        messages: fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'x'), content: fc.array(block) })),
        system: fc.jsonValue(),
        tools: fc.jsonValue(),
        tool_choice: fc.jsonValue(),
        thinking: fc.jsonValue(),
        output_config: fc.jsonValue(),
        metadata: fc.jsonValue(),
      },
      { requiredKeys: ['messages'] },
    );
    fc.assert(
      fc.property(body, (members) => {
        const read_ = read({ model: 'm', ...members });
        if ('malformed' in read_) expect(read_.param).toBeTypeOf('string');
        else codec.provider!.write(read_, { model: 'claude-opus-5', maxOutputTokens: null, quirks: {} });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void read(text)));
  });
});
