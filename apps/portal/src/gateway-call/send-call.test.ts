import { afterEach, expect, it, vi } from 'vitest';
import { noteNewKey } from './new-keys.ts';
import { sendCall } from './send-call.ts';

const call = (key: string) => ({ url: 'https://gateway.test/v1/models', method: 'GET', key, headers: {}, body: null });
/** What `/api/try` tells of answers with these statuses, one after the other. */
function answers(...statuses: number[]) {
  const fetched = vi.fn<() => Promise<Response>>(() =>
    Promise.resolve(new Response('', { headers: { 'x-try-status': `${statuses.shift()}` } })),
  );
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

it('asks again while a gateway does not know a key that was just made', async () => {
  const fetched = answers(401, 401, 200);
  noteNewKey('made-here');
  expect(await sendCall(call('made-here'), new AbortController().signal)).toMatchObject({ status: 200 });
  expect(fetched).toHaveBeenCalledTimes(3);
});

it('tells at once that a key from elsewhere is not known', async () => {
  const fetched = answers(401, 200);
  expect(await sendCall(call('pasted'), new AbortController().signal)).toMatchObject({ status: 401 });
  expect(fetched).toHaveBeenCalledTimes(1);
});
