import { expect, it } from 'vitest';
import { isSessionId, sessionIdOf } from './session-id.ts';

it('is the header’s, else the first place in the body that can name one', () => {
  const body = {
    metadata: { session_id: 'from-metadata' },
    conversation: { id: 'conv_1' },
    prompt_cache_key: 'cache-key',
  };
  expect(sessionIdOf('from-header', body)).toBe('from-header');
  expect(sessionIdOf(null, body)).toBe('from-metadata');
  expect(sessionIdOf(null, { ...body, metadata: { session_id: 7 } })).toBe('conv_1');
  expect(sessionIdOf(null, { conversation: 'conv_2', prompt_cache_key: 'cache-key' })).toBe('conv_2');
  expect(sessionIdOf(null, { prompt_cache_key: 'cache-key' })).toBe('cache-key');
  expect(sessionIdOf(null, { model: 'x', metadata: null })).toBeUndefined();
  expect(sessionIdOf(null, undefined)).toBeUndefined();
});

it('is visible ASCII of at most 128 characters; what is not is passed over, not refused', () => {
  for (const bad of ['', ' ', 'a b', 'ä', 'x'.repeat(129), 'a\n', 7, null, {}]) expect(isSessionId(bad)).toBe(false);
  expect(isSessionId('x'.repeat(128))).toBe(true);
  expect(sessionIdOf('a b', { prompt_cache_key: 'k' })).toBe('k');
  expect(sessionIdOf(null, { metadata: Object.create({ session_id: 'inherited' }) })).toBeUndefined();
});
