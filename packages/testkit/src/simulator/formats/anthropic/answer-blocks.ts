import type { Answer } from '../../core/answer.ts';
import { redactThinking, signThinking } from '../../core/signature.ts';

/** One content block of an answer: as it opens, its deltas, and whole. */
export interface OutBlock {
  readonly start: object;
  readonly deltas: readonly object[];
  readonly whole: object;
}

export interface BlockChoices {
  /** Thinking, one piece per token. */
  readonly thinking: readonly string[];
  /** `display: 'omitted'`: thinking is signed but not shown. */
  readonly thinkingHidden: boolean;
  /** Some of the thinking is sent as a redacted block too. */
  readonly redacted: boolean;
  /** Tool calls without their arguments (fault). */
  readonly emptyArguments: boolean;
}

function thinkingBlocks({ thinking, thinkingHidden, redacted }: BlockChoices): OutBlock[] {
  if (thinking.length === 0) return [];
  const text = thinking.join('');
  const signature = signThinking(text, thinkingHidden);
  const shown = thinkingHidden ? [] : thinking.map((piece) => ({ type: 'thinking_delta', thinking: piece }));
  const block = {
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [...shown, { type: 'signature_delta', signature }],
    whole: { type: 'thinking', thinking: thinkingHidden ? '' : text, signature },
  };
  if (!redacted) return [block];
  const hidden = { type: 'redacted_thinking', data: redactThinking(text) };
  return [block, { start: hidden, deltas: [], whole: hidden }];
}

/** Fragments of about eight characters, after an empty one, as the API streams arguments. */
function argumentDeltas(json: string): object[] {
  const fragments = json === '{}' ? [] : (json.match(/[\s\S]{1,8}/gu) ?? []);
  return ['', ...fragments].map((text) => ({ type: 'input_json_delta', partial_json: text }));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

/** The content of an answer: thinking, then text, then tool calls. */
export function answerBlocks(answer: Answer, choices: BlockChoices): OutBlock[] {
  const text = answer.pieces.join('');
  const said: OutBlock[] =
    text === ''
      ? []
      : [
          {
            start: { type: 'text', text: '' },
            deltas: answer.pieces.map((piece) => ({ type: 'text_delta', text: piece })),
            whole: { type: 'text', text },
          },
        ];
  const calls = answer.toolCalls.map((call): OutBlock => {
    const opening = {
      type: 'tool_use',
      id: `toolu_${call.id}`,
      name: call.name,
      input: {},
      caller: { type: 'direct' },
    };
    const json = choices.emptyArguments ? '{}' : call.arguments;
    return { start: opening, deltas: argumentDeltas(json), whole: { ...opening, input: parsed(json) } };
  });
  return [...thinkingBlocks(choices), ...said, ...calls];
}
