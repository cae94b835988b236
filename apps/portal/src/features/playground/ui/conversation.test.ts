import { expect, test } from 'vitest';
import { EventReader } from '../../../gateway-call/event-reader.ts';
import { after, NO_ANSWER, refusalIn } from './answer.ts';
import {
  type Conversation,
  continued,
  emptyTool,
  emptyTurn,
  newConversation,
  readConversation,
  requestOf,
} from './conversation.ts';
import { linkPart, readLinkPart, Shelf } from './kept.ts';

const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

const plain = (conversation: Conversation | null): unknown =>
  JSON.parse(JSON.stringify(conversation, (name, value: unknown) => (name === 'key' ? undefined : value)));

function asked(): Conversation {
  return {
    turns: [
      { ...emptyTurn('system'), text: 'Be brief.' },
      { ...emptyTurn('user'), text: 'What is this?', images: [PICTURE] },
      emptyTurn('user'),
    ],
    tools: [{ ...emptyTool(), name: 'look_up' }],
    settings: { ...newConversation().settings, temperature: '0.5', stop: 'END\n', toolChoice: 'required' },
    models: ['swift', 'sage'],
  };
}

test('a conversation becomes a Chat Completions request, without what was left empty', () => {
  const { request, issues } = requestOf(asked());
  expect(issues).toEqual([]);
  expect(request).toEqual({
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: PICTURE } },
        ],
      },
    ],
    temperature: 0.5,
    stop: ['END'],
    tools: [
      { type: 'function', function: { name: 'look_up', parameters: expect.objectContaining({ type: 'object' }) } },
    ],
    tool_choice: 'required',
    stream: true,
  });
});

test('what cannot be read is named where it stands', () => {
  const wrong = { ...asked(), tools: [{ ...emptyTool(), parameters: '{' }] };
  const { issues } = requestOf({ ...wrong, settings: { ...wrong.settings, temperature: 'warm' } });
  expect(issues.map(({ path }) => path)).toEqual(['tools.0.name', 'temperature', 'tools.0.parameters']);
});

test('an answer with tool calls is gone on with by their results', () => {
  const calls = [{ id: 'c1', name: 'look_up', arguments: '{"city":"Oslo"}' }];
  const next = continued(asked(), { text: '', calls });
  expect(next.turns.map(({ role, callId }) => [role, callId])).toEqual([
    ['system', ''],
    ['user', ''],
    ['assistant', ''],
    ['tool', 'c1'],
  ]);
  expect(requestOf(next).request['messages']).toEqual(
    expect.arrayContaining([
      { role: 'tool', tool_call_id: 'c1', content: '' },
      expect.objectContaining({ role: 'assistant', tool_calls: [expect.objectContaining({ id: 'c1' })] }),
    ]),
  );
  expect(continued(asked(), { text: 'A cat.', calls: [] }).turns.at(-1)?.role).toBe('user');
});

test('a link holds the conversation, and leaves pictures out where they do not fit', async () => {
  const made = await linkPart(asked());
  expect(made?.leftOut).toBe(false);
  expect(plain(await readLinkPart(`#${made?.part}`))).toEqual(plain(asked()));
  const large = {
    ...asked(),
    turns: [{ ...emptyTurn('user'), text: 'Hi', images: [`data:image/png;base64,${scrambled(30_000)}`] }],
  };
  const shortened = await linkPart(large);
  expect(shortened?.leftOut).toBe(true);
  expect((await readLinkPart(`#${shortened?.part}`))?.turns[0]).toMatchObject({ text: 'Hi', images: [] });
  for (const bad of ['', '#c=', '#c=AAAA', '#x=1', `#c=${'A'.repeat(30_000)}`])
    expect(await readLinkPart(bad)).toBeNull();
});

/** Base64 that does not compress. */
function scrambled(bytes: number): string {
  const random = new Uint8Array(bytes);
  crypto.getRandomValues(random);
  return btoa(Array.from(random, (byte) => String.fromCharCode(byte)).join(''));
}

test('what is kept is read with care: pictures from elsewhere and unknown roles are left out', () => {
  const read = readConversation({
    turns: [
      { role: 'user', text: 'Hi', images: ['https://tracker.example/x.png', PICTURE, 'data:text/html;base64,AA=='] },
      { role: 'root', text: 'x' },
    ],
    settings: { effort: 'maximal', temperature: 3 },
    models: ['a', 'b', 'c', 'd'],
  });
  expect(read?.turns).toHaveLength(1);
  expect(read?.turns[0]?.images).toEqual([PICTURE]);
  expect(read?.settings).toMatchObject({ effort: '', temperature: '' });
  expect(read?.models).toEqual(['a', 'b', 'c']);
  expect([null, 7, [], {}].map(readConversation)).toEqual([null, null, null, null]);
});

test('the shelf keeps conversations by name, and the one being written without pictures where there is no room', () => {
  const held = new Map<string, string>();
  const store = {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (value.length > 2000) throw new Error('full');
      held.set(name, value);
    },
  };
  const shelf = new Shelf(store, 'acme');
  expect(shelf.keep('first', asked(), 1)).toBe(true);
  expect(shelf.keep('first', newConversation(['sage']), 2)).toBe(true);
  expect(shelf.list().map(({ name, atMs, conversation }) => [name, atMs, conversation.models])).toEqual([
    ['first', 2, ['sage']],
  ]);
  const large = { ...asked(), turns: [{ ...emptyTurn('user'), text: 'Hi', images: [PICTURE + 'A'.repeat(3000)] }] };
  expect(shelf.keep('large', large, 3)).toBe(false);
  shelf.keepCurrent(large);
  expect(shelf.current()?.turns[0]).toMatchObject({ text: 'Hi', images: [] });
  shelf.forget('first');
  expect(shelf.list()).toEqual([]);
});

test('a stream adds up to text, thoughts, tool calls, usage and why it ended', () => {
  const chunks = [
    { choices: [{ delta: { role: 'assistant', reasoning_content: 'Hm.' } }] },
    { choices: [{ delta: { content: 'Let me ' } }] },
    { choices: [{ delta: { content: 'look.' } }] },
    {
      choices: [{ delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'look_up', arguments: '{"ci' } }] } }],
    },
    {
      choices: [
        {
          delta: {
            tool_calls: [
              { index: 0, function: { arguments: 'ty":1}' } },
              { index: 1, id: 'c2', function: { name: 'b', arguments: '' } },
            ],
          },
        },
      ],
    },
    { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    {
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 2 } },
    },
  ];
  const stream = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
  expect(new EventReader().push(stream).reduce(after, NO_ANSWER)).toEqual({
    text: 'Let me look.',
    reasoning: 'Hm.',
    calls: [
      { id: 'c1', name: 'look_up', arguments: '{"city":1}' },
      { id: 'c2', name: 'b', arguments: '' },
    ],
    finishReason: 'tool_calls',
    usage: { inputTokens: 9, cachedInputTokens: 0, outputTokens: 5, reasoningTokens: 2 },
    problem: null,
  });
  const cut = after(NO_ANSWER, { event: 'message', data: '{"error":{"message":"The provider broke off."}}' });
  expect(cut.problem).toBe('The provider broke off.');
  expect(refusalIn('{"error":{"message":"Too many calls."}}', 429)).toBe('Too many calls.');
  expect(refusalIn('<html>', 502)).toBe('The gateway answered 502.');
});
