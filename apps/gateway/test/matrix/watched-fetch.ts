import { AsyncLocalStorage } from 'node:async_hooks';

/** What the gateway answered to a client library, read beside it. */
export interface Heard {
  readonly status: number;
  readonly dropped: readonly string[];
  /** Field of a refusal `unsupported_parameter`, in whichever protocol it was told. */
  readonly unsupported: string | null;
}

/** What was heard while something ran. */
class Watch {
  readonly dropped: string[] = [];
  readonly answers: Promise<Heard>[] = [];
}

const watching = new AsyncLocalStorage<Watch>();

/** The first string under one of these names, however deep. */
function find(value: unknown, names: readonly string[]): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (names.includes(name) && typeof member === 'string') return member;
    const deeper = find(member, names);
    if (deeper !== null) return deeper;
  }
  return null;
}

async function listen(answer: Response, dropped: readonly string[]): Promise<Heard> {
  const told: unknown = answer.status === 400 ? JSON.parse(await answer.text()) : null;
  const isLoss = JSON.stringify(told)?.includes('unsupported_parameter') ?? false;
  return { status: answer.status, dropped, unsupported: isLoss ? find(told, ['param', 'field']) : null };
}

/**
 * Listens to what every client library is answered (they all use the global `fetch`), without changing it. Call before
 * they are made; the result gives the old `fetch` back.
 */
export function watchFetch(): () => void {
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await plain(input, init);
    const watch = watching.getStore();
    const dropped = answer.headers.get('x-parley-dropped')?.split(', ') ?? [];
    watch?.dropped.push(...dropped);
    watch?.answers.push(listen(answer.status === 400 ? answer.clone() : answer, dropped));
    return answer;
  };
  return () => {
    globalThis.fetch = plain;
  };
}

/** Runs something and tells every answer it was given, also when it fails. `dropped` grows as it runs. */
export async function watched(run: (dropped: readonly string[]) => Promise<void>) {
  const watch = new Watch();
  let error: unknown = null;
  await watching
    .run(watch, () => run(watch.dropped))
    .catch((thrown: unknown) => {
      error = thrown;
    });
  return { heard: await Promise.all(watch.answers), error };
}
