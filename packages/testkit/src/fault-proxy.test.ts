import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type SampleService, startSampleService } from './sample-service/start.ts';
import { waitFor } from './wait-for.ts';

let service: SampleService;
let proxy: FaultProxy;

beforeEach(async () => {
  service = await startSampleService();
  proxy = await startFaultProxy({ port: Number(new URL(service.url).port) });
});
afterEach(async () => {
  await proxy.close();
  await service.close();
});

const get = (path: string, timeoutMs = 5_000) =>
  fetch(`http://${proxy.host}:${proxy.port}${path}`, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { connection: 'close' },
  });
const size = async (path: string) => (await (await get(path)).arrayBuffer()).byteLength;

test('passes everything on while nothing is asked', async () => {
  expect(await size('/bytes/3000000')).toBe(3_000_000);
});

test('latency holds each answer back', async () => {
  proxy.faults.latencyMs = 120;
  const startedMs = performance.now();
  await get('/healthz');
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
});

test('refuse resets new connections', async () => {
  proxy.faults.refuse = true;
  await expect(get('/healthz')).rejects.toThrow('fetch failed');
});

test('cut breaks the answer off after so many bytes', async () => {
  proxy.faults.cutAfterBytes = 50_000;
  await expect(size('/bytes/300000')).rejects.toThrow('terminated');
});

test('stall lets no more through and keeps the connection open', async () => {
  proxy.faults.stallAfterBytes = 50_000;
  const response = await get('/bytes/300000', 1_000);
  await expect(response.arrayBuffer()).rejects.toThrow(/timeout/i);
});

test('pause holds a request until resume', async () => {
  proxy.pause();
  let answered = false;
  const asked = get('/healthz').then((response) => {
    answered = true;
    return response.status;
  });
  await waitFor('the connection', () => proxy.open === 1);
  await expect(get('/healthz', 150)).rejects.toThrow(/timeout/i);
  expect(answered).toBe(false);
  proxy.resume();
  expect(await asked).toBe(200);
});

test('reset breaks open connections', async () => {
  const asked = get('/slow?ms=60000');
  asked.catch(() => {});
  await waitFor('the connection', () => proxy.open === 1);
  proxy.reset();
  await expect(asked).rejects.toThrow('fetch failed');
  expect(proxy.open).toBe(0);
});
