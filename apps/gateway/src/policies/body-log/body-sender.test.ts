import { bodyLogPolicy } from '@parley/contracts/policies/body-log';
import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { expect, it } from 'vitest';
import type { Exchange } from '../../exchange.ts';
import { memoryJobQueue } from '../../ports/job-queue.ts';
import { BodySender } from './body-sender.ts';
import { CallBodies } from './call-bodies.ts';

const tenantId = newId();
const { dataKey } = newDataKey(parseMasterKey(Buffer.alloc(32, 1).toString('base64')), tenantId);

function call(more: object = {}): Exchange {
  return {
    id: newId(),
    tenant: { id: tenantId, dataKey },
    caller: { application: { tenantId } },
    status: 200,
    code: null,
    abortedBy: 'none',
    body: Buffer.from('{}'),
    contentType: 'application/json',
    replyBody: '{}',
    replyHeaders: ['content-type', 'application/json'],
    headSent: true,
    stream: false,
    ...more,
  } as unknown as Exchange;
}

const bodies = (): CallBodies => new CallBodies(bodyLogPolicy.parse({ sample: 1 }), true);

it('has at most 32 calls under way and 100 waiting; the others are dropped and counted', async () => {
  const jobs = memoryJobQueue();
  const sender = new BodySender(jobs, noopLogger);
  for (let i = 0; i < 40; i++) sender.take(call(), bodies());
  expect(sender.counts).toEqual({ sent: 0, dropped: 8 });
  await waitFor('the others to be sent', () => sender.counts.sent === 32);
  for (let sent = 32; sent < 100; sent++) {
    sender.take(call(), bodies());
    await waitFor('one more to be sent', () => sender.counts.sent === sent + 1);
  }
  sender.take(call(), bodies());
  await waitFor('one too many to be dropped', () => sender.counts.dropped === 9);
  expect(jobs.jobs).toHaveLength(100);
});

it('counts what a queue that is away does not take, and takes nothing of a call that is not wanted', async () => {
  const jobs = memoryJobQueue();
  jobs.fail = true;
  const sender = new BodySender(jobs, noopLogger);
  sender.take(call(), bodies());
  await waitFor('it to be dropped', () => sender.counts.dropped === 1);
  sender.take(call(), new CallBodies(bodyLogPolicy.parse({}), false));
  sender.take(call({ tenant: { id: tenantId, dataKey: null } }), bodies());
  expect(sender.counts).toEqual({ sent: 0, dropped: 1 });
});

it('takes texts only, and of a long stream its beginning', () => {
  const kept = bodies();
  expect(kept.request(call({ contentType: 'multipart/form-data; boundary=x' }))).toBeNull();
  expect(kept.request(call({ body: null }))).toBeNull();
  expect(kept.response(call({ replyHeaders: ['content-type', 'audio/mpeg'] }))).toBeNull();
  expect(kept.response(call())).toEqual({ text: '{}', form: 'json', cut: false });
  const piece = 'x'.repeat(500_000);
  for (let i = 0; i < 5; i++) kept.piece(piece);
  expect(kept.response(call({ replyBody: 'end' }))).toMatchObject({ form: 'stream', cut: true, text: piece + piece });
});
