import { unsealed } from '../../sealed.ts';
import { ApiError } from '../openai/api-error.ts';
import type { CallItem, InputItem, ReasoningItem } from './input-items.ts';
import type { ResponseStore } from './store.ts';

function notFound(id: string): ApiError {
  return new ApiError(
    404,
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. ` +
      'Try again with `store` set to true, or remove this item from your input.',
    { param: 'input' },
  );
}

const isCall = (item: InputItem): item is CallItem => item.type === 'function_call' || item.type === 'custom_tool_call';

/** Reasoning that comes back must be stored here, or carry content that this account was given. */
function checkReasoning(item: ReasoningItem, account: string, store: ResponseStore): void {
  const token = item.encrypted_content;
  if (!token) {
    if (!item.id || !store.item(item.id)) throw notFound(item.id ?? '');
    return;
  }
  if (unsealed(token, account) !== null) return;
  const shown = `${token.slice(0, 4)}...${token.slice(-4)}`;
  throw new ApiError(
    400,
    `The encrypted content ${shown} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    { code: 'invalid_encrypted_content' },
  );
}

/** Calls and their outputs belong together: each output after its call, no call left without output. */
function checkCalls(items: readonly InputItem[]): void {
  const open = new Set<string>();
  const known = new Set<string>();
  for (const item of items) {
    if (isCall(item)) {
      open.add(item.call_id);
      known.add(item.call_id);
    }
    if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') continue;
    if (!known.has(item.call_id)) {
      throw new ApiError(400, `No tool call found for function call output with call_id ${item.call_id}.`, {
        param: 'input',
      });
    }
    open.delete(item.call_id);
  }
  const [unanswered] = open;
  if (unanswered !== undefined) {
    throw new ApiError(400, `No tool output found for function call ${unanswered}.`, { param: 'input' });
  }
}

/** A reasoning item is followed by what it led to: a call or an answer. */
function checkOrder(items: readonly InputItem[]): void {
  for (const [at, item] of items.entries()) {
    if (item.type !== 'reasoning') continue;
    const next = items.slice(at + 1).find((found) => found.type !== 'reasoning');
    if (next && (isCall(next) || (next.type === 'message' && next.role === 'assistant'))) continue;
    throw new ApiError(
      400,
      `Item '${item.id ?? ''}' of type 'reasoning' was provided without its required following item.`,
      { param: 'input' },
    );
  }
}

/** A call that was stored with the reasoning before it comes back with it, or not under its id. */
function checkLedBy(items: readonly InputItem[], store: ResponseStore): void {
  const given = new Set(items.map((item) => item.id));
  for (const item of items.filter(isCall)) {
    const led = item.id ? store.item(item.id)?.ledBy : undefined;
    if (!led || given.has(led)) continue;
    throw new ApiError(
      400,
      `Item '${item.id}' of type '${item.type}' was provided without its required 'reasoning' item: '${led}'.`,
      { param: 'input' },
    );
  }
}

/**
 * Everything said before and now: the stored turns `previous_response_id` leads to, then the given items, with
 * references resolved. Throws ApiError as OpenAI does for items that do not fit together or are not known.
 */
export function wholeHistory(
  before: readonly InputItem[],
  given: readonly InputItem[],
  account: string,
  store: ResponseStore,
): InputItem[] {
  const resolved = given.map((item): InputItem => {
    if (item.type === 'reasoning') checkReasoning(item, account, store);
    if (item.type !== 'item_reference') return item;
    const found = store.item(item.id);
    if (!found) throw notFound(item.id);
    return found.item;
  });
  const all = [...before, ...resolved];
  checkOrder(all);
  checkLedBy(all, store);
  checkCalls(all);
  return all;
}
