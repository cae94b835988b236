import type { Protocol } from '@parley/llm/neutral/call';

/** What is asked of files and batches. */
export type BatchAction = 'list' | 'create' | 'view' | 'cancel' | 'delete' | 'content';
/** OpenAI's files and batches, Anthropic's batches of messages. */
export type BatchNoun = 'files' | 'batches' | 'messages/batches';

export interface BatchAddress {
  readonly noun: BatchNoun;
  readonly action: BatchAction;
  /** As it stands in the address; empty for the list. */
  readonly id: string;
}

/** Methods of each kind of path. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, BatchAction>>>> = {
  'files ': { GET: 'list', POST: 'create' },
  'files id': { GET: 'view', DELETE: 'delete' },
  'files id content': { GET: 'content' },
  'batches ': { GET: 'list', POST: 'create' },
  'batches id': { GET: 'view' },
  'batches id cancel': { POST: 'cancel' },
  'messages/batches ': { GET: 'list', POST: 'create' },
  'messages/batches id': { GET: 'view', DELETE: 'delete' },
  'messages/batches id cancel': { POST: 'cancel' },
  'messages/batches id results': { GET: 'content' },
};

/** Whose errors each noun's clients know. */
export const BATCH_PROTOCOLS: Readonly<Record<BatchNoun, Protocol>> = {
  files: 'openai_chat',
  batches: 'openai_chat',
  'messages/batches': 'anthropic',
};

const PATH = /^(?:\/v1)?\/(files|batches|messages\/batches)(?:\/([^/]{1,100}))?(?:\/(content|cancel|results))?$/;

/**
 * Reads a path below an API's address, or the gateway's own: `null` where it is none of these, the methods it takes where it
 * does not take this one.
 */
export function batchAddress(
  rest: string,
  method: string,
): BatchAddress | { readonly noun: BatchNoun; readonly allow: string } | null {
  const [whole, noun = '', id = '', verb = ''] = PATH.exec(rest) ?? [];
  if (whole === undefined || (id === '' && verb !== '')) return null;
  const kind = `${noun} ${id === '' ? '' : 'id'}${verb === '' ? '' : ` ${verb}`}`;
  const methods = Object.hasOwn(ACTIONS, kind) ? ACTIONS[kind] : undefined;
  if (methods === undefined) return null;
  const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (action === undefined) return { noun: noun as BatchNoun, allow: Object.keys(methods).join(', ') };
  return { noun: noun as BatchNoun, action, id };
}
