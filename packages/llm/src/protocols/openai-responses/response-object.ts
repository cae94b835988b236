import type { AnswerView, ClientError } from '../../codec.ts';
import type { Block, Finish } from '../../neutral/answer.ts';
import { packProof } from '../../neutral/proof.ts';
import type { Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';
import { splitProof } from './reasoning-id.ts';
import { writeUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** The id of a response: the provider's where it is of this protocol's form. */
export function responseId(id: string | null, view: AnswerView): string {
  return id?.startsWith('resp_') ? id : `resp_${view.id.replaceAll('-', '')}`;
}

const PREFIXES: Readonly<Record<Block['kind'], string>> = {
  text: 'msg',
  refusal: 'msg',
  reasoning: 'rs',
  tool_call: 'fc',
  image: 'ig',
  audio: 'msg',
  other: 'item',
};

/** The id of the item a block is; of thoughts that came with one, that one. */
export function itemId(block: Block, place: number, view: AnswerView): string {
  if (block.kind === 'reasoning' && block.proof?.protocol === 'openai_responses') {
    const { id } = splitProof(block.proof.value);
    if (id !== undefined) return id;
  }
  return `${PREFIXES[block.kind]}_${view.id.replaceAll('-', '')}${place}`;
}

/** The content part that holds a block's text. */
export function contentPart(block: Block): Members {
  if (block.kind === 'refusal') return { type: 'refusal', refusal: block.text };
  return { type: 'output_text', text: block.text, annotations: block.kind === 'text' ? (block.annotations ?? []) : [] };
}

/** What of a proof a client is given to send back. */
export function encryptedContent(block: Block): string | undefined {
  if (block.kind !== 'reasoning' || block.proof === undefined) return undefined;
  if (block.proof.protocol === 'openai_responses') return splitProof(block.proof.value).encrypted;
  return packProof(block.proof, 'openai_responses');
}

/** A block as an item of a response's output. Audio has no place there. */
export function writeItem(
  block: Block,
  id: string,
  status: 'in_progress' | 'completed' | 'incomplete',
): Members | null {
  switch (block.kind) {
    case 'text':
    case 'refusal': {
      const content = status === 'in_progress' ? [] : [contentPart(block)];
      return { id, type: 'message', status, role: 'assistant', content };
    }
    case 'tool_call': {
      const args = status === 'in_progress' ? '' : block.text || '{}';
      return { id, type: 'function_call', status, call_id: block.id, name: block.name, arguments: args };
    }
    case 'reasoning': {
      const summary = block.text === '' ? [] : [{ type: 'summary_text', text: block.text }];
      const encrypted = encryptedContent(block);
      return { id, type: 'reasoning', summary, ...(encrypted === undefined ? {} : { encrypted_content: encrypted }) };
    }
    case 'image':
      return { id, type: 'image_generation_call', status, result: block.text };
    case 'other':
      return block.protocol === 'openai_responses' && isObject(block.raw) ? block.raw : null;
    default:
      return null;
  }
}

/** Finish reasons that leave a response incomplete. */
const INCOMPLETE: Partial<Readonly<Record<Finish['reason'], string>>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

export function incompleteReason(finish: Finish | null): string | null {
  return finish === null ? null : (INCOMPLETE[finish.reason] ?? null);
}

export interface ResponseState {
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly Members[];
  readonly usage: Usage | null;
  readonly incomplete?: string | null;
  readonly error?: ClientError;
}

/** Members a response repeats of its request, with what they are where the request left them out. */
const ECHOED: Readonly<Record<string, unknown>> = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** A response object. */
export function responseObject(view: AnswerView, state: ResponseState): Members {
  const { body } = view.call;
  const echoed = Object.fromEntries(Object.entries(ECHOED).map(([name, absent]) => [name, body[name] ?? absent]));
  const { error } = state;
  return {
    id: state.id,
    object: 'response',
    created_at: view.createdS,
    status: state.status,
    background: false,
    error: error === undefined ? null : { code: error.code ?? 'server_error', message: error.message },
    incomplete_details: state.incomplete ? { reason: state.incomplete } : null,
    model: view.model,
    output: state.output,
    previous_response_id: null,
    store: false,
    usage: state.usage === null ? null : writeUsage(state.usage),
    ...echoed,
  };
}
