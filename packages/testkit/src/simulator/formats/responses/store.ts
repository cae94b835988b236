import { ApiError } from '../openai/api-error.ts';
import type { ResponseEvent } from './events.ts';
import type { InputItem } from './input-items.ts';
import type { ResponseBody } from './response-body.ts';

export interface StoredResponse {
  /** The response as it ends. */
  readonly final: ResponseBody;
  /** Made when they are asked for, as they take far more room than the response. */
  events(): readonly ResponseEvent[];
  /** What was given with this request, each with an id. */
  readonly given: readonly (InputItem & { id: string })[];
  /** The whole conversation up to and including its output. */
  readonly history: readonly InputItem[];
  /** Unix milliseconds. A response that is not in the background is done when it starts. */
  readonly startedAtMs: number;
  readonly doneAtMs: number;
  cancelled: boolean;
}

interface StoredItem {
  readonly item: InputItem;
  /** Id of the reasoning item before it. */
  readonly ledBy?: string | undefined;
}

export interface ResponseStore {
  /** Numbers responses, so that the same request twice has two ids. */
  next(): number;
  save(stored: StoredResponse): void;
  /** Throws ApiError 404. */
  find(id: string): StoredResponse;
  has(id: string): boolean;
  item(id: string): StoredItem | undefined;
  remove(id: string): void;
  clear(): void;
}

const KEPT = 1000;

/** Responses kept with `store: true`, the latest 1,000. */
export function responseStore(): ResponseStore {
  const responses = new Map<string, StoredResponse>();
  const items = new Map<string, StoredItem>();
  const remove = (id: string): void => {
    for (const item of responses.get(id)?.final.output ?? []) items.delete(item.id);
    responses.delete(id);
  };
  let made = 0;
  return {
    next: () => made++,
    save(stored) {
      responses.set(stored.final.id, stored);
      let ledBy: string | undefined;
      for (const item of stored.final.output) {
        if (item.type === 'reasoning') ledBy = item.id;
        items.set(item.id, { item, ledBy: item.type === 'reasoning' ? undefined : ledBy });
      }
      for (const oldest of responses.keys()) {
        if (responses.size <= KEPT) break;
        remove(oldest);
      }
    },
    find(id) {
      const found = responses.get(id);
      if (!found) throw new ApiError(404, `Response with id '${id}' not found.`);
      return found;
    },
    has: (id) => responses.has(id),
    item: (id) => items.get(id),
    remove,
    clear() {
      responses.clear();
      items.clear();
      made = 0;
    },
  };
}
