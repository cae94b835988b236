import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall } from './codec.ts';
import { codecOf, wayOf } from './ways.ts';

const target = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const TOOL = 'a server’s/tool';

function clientCall(name: string): ClientCall {
  const body = {
    model: 'ours',
    messages: [{ role: 'user', content: 'x' }],
    tools: [{ type: 'function', function: { name, parameters: { type: 'object' } } }],
  };
  const call = codecOf('openai_chat')?.client?.envelope(JSON.stringify(body), { model: '', stream: false, query: '' });
  if (!call || 'malformed' in call) throw new Error('no call');
  return call;
}

describe('tools whose names a provider would not take', () => {
  it('are called by the names the client gave them, whole and in a stream', () => {
    const way = wayOf('openai_chat', 'anthropic');
    const call = clientCall(TOOL);
    const view: AnswerView = { call, model: 'ours', id: 'r', createdS: 1 };
    const written = way?.body(call, target);
    if (!way || !written || 'malformed' in written) throw new Error('no way');
    const { name } = JSON.parse(written.body).tools[0];
    expect(name).not.toBe(TOOL);
    const block = { type: 'tool_use', id: 't', name, input: {} };
    const whole = way.answer(JSON.stringify({ content: [block], stop_reason: 'tool_use' }), view, target);
    expect(JSON.parse((whole as { text: string }).text).choices[0].message.tool_calls[0].function.name).toBe(TOOL);
    const events = [
      { type: 'message_start', message: {} },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_stop' },
    ];
    const stream = way.stream(view, target);
    const out = stream.feed(Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')));
    expect(stream.state).toBe('done');
    expect(out).toContain(JSON.stringify(TOOL));
    expect(out).not.toContain(name);
  });
});
