import { describe, expect, it } from 'vitest';
import { createLogger, noopLogger } from './logger.ts';
import { createMetrics, noopMetrics } from './metrics.ts';

function collect(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ service: 'gateway', level }, { write: (text) => void lines.push(JSON.parse(text)) });
  return { logger, lines };
}

describe('logger', () => {
  it('writes one JSON line with message, service and fields, and a child’s fields too', () => {
    const { logger, lines } = collect();
    logger.child({ node: 'gw-1' }).warn('snapshot refused', { tenantId: 't1' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ message: 'snapshot refused', service: 'gateway', node: 'gw-1', tenantId: 't1' });
  });

  it('spells out an error', () => {
    const { logger, lines } = collect();
    logger.error('failed', { error: new TypeError('no') });
    expect(lines[0]?.error).toMatchObject({ name: 'TypeError', message: 'no' });
  });

  it('never writes a secret, at the top or one level down', () => {
    const { logger, lines } = collect();
    logger.info('call', { authorization: 'Bearer abc', headers: { 'x-api-key': 'abc', cookie: 'abc' } });
    expect(JSON.stringify(lines)).not.toContain('abc');
  });

  it('is silent below its level, and the noop twin always', () => {
    const { logger, lines } = collect('error');
    logger.info('quiet');
    noopLogger.child({ a: 1 }).error('quiet');
    expect(lines).toHaveLength(0);
  });
});

describe('metrics', () => {
  it('exposes what was counted, set and observed', async () => {
    const metrics = createMetrics();
    metrics.counter('parley_calls_total', 'Calls.', ['kind']).add(2, { kind: 'chat' });
    metrics.gauge('parley_open_streams', 'Streams.').set(3);
    metrics.histogram('parley_wait_seconds', 'Wait.').observe(0.02);
    const { text } = await metrics.expose();
    expect(text).toContain('parley_calls_total{kind="chat"} 2');
    expect(text).toContain('parley_open_streams 3');
    expect(text).toContain('parley_wait_seconds_bucket{le="0.025"} 1');
  });

  it('has a noop twin of the same shape', async () => {
    noopMetrics.counter('a', 'a').add();
    expect((await noopMetrics.expose()).text).toBe('');
  });
});
