import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { noopLogger } from '../logger.ts';
import { OtlpExporter } from './exporter.ts';
import { OtlpHistograms } from './histograms.ts';
import { otlpAttributes, otlpTime } from './value.ts';

async function collector(statuses: number[]) {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const status = statuses.shift() ?? 200;
      if (status === 200) bodies.push(JSON.parse(text));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: {} };
  return { bodies, target, close: () => new Promise((resolve) => server.close(resolve)) };
}

const options = {
  path: '/v1/traces',
  encode: (items: readonly number[]) => ({ items }),
  log: noopLogger,
  everyMs: 60_000,
};

it('sends in batches, tries once more, and counts what is dropped', async () => {
  const { bodies, target, close } = await collector([200, 503, 200, 400, 503, 503]);
  const exporter = new OtlpExporter<number>({ ...options, target, batch: 2, mostKept: 4 });
  for (let i = 1; i <= 5; i++) exporter.add(i);
  expect(exporter.counts).toEqual({ sent: 0, dropped: 1 });
  await exporter.flush();
  expect(bodies).toEqual([{ items: [1, 2] }, { items: [3, 4] }]);
  exporter.add(6);
  await exporter.flush();
  exporter.add(7);
  await exporter.close();
  expect(exporter.counts).toEqual({ sent: 4, dropped: 3 });
  await close();
});

it('writes attributes and times as OTLP’s JSON has them', () => {
  const given = { a: 'x', b: 7, c: 0.5, d: true, e: ['y'], f: null, g: undefined };
  expect(otlpAttributes(given)).toEqual([
    { key: 'a', value: { stringValue: 'x' } },
    { key: 'b', value: { intValue: '7' } },
    { key: 'c', value: { doubleValue: 0.5 } },
    { key: 'd', value: { boolValue: true } },
    { key: 'e', value: { arrayValue: { values: [{ stringValue: 'y' }] } } },
  ]);
  expect(otlpTime(1_800_000_000_123.5)).toBe('1800000000123500000');
});

it('collects histograms as deltas, bounds included below, in a bounded number of series', () => {
  const histograms = new OtlpHistograms([{ name: 'n', unit: 's', description: 'd', bounds: [1, 2] }], 0);
  expect(histograms.collect(1)).toEqual([]);
  for (const value of [1, 1.5, 9]) histograms.record(0, value, { a: 'x' });
  expect(histograms.collect(2)).toMatchObject([
    {
      name: 'n',
      histogram: { aggregationTemporality: 1, dataPoints: [{ count: '3', sum: 11.5, bucketCounts: ['1', '1', '1'] }] },
    },
  ]);
  expect(histograms.collect(3)).toEqual([]);
  for (let i = 0; i < 1500; i++) histograms.record(0, 1, { a: String(i) });
  const [metric] = histograms.collect(4) as [{ histogram: { dataPoints: { count: string }[] } }];
  expect(metric.histogram.dataPoints).toHaveLength(1001);
  expect(metric.histogram.dataPoints.at(-1)?.count).toBe('500');
});
