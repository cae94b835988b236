import { describe, expect, it } from 'vitest';
import type { Target } from './codec.ts';
import { PROTOCOLS } from './neutral/call.ts';
import { codecOf, wayOf } from './ways.ts';

const TARGET: Target = { model: 'm', quirks: {}, maxOutputTokens: null };
const BODY = { model: 'm', logprobs: true, messages: [{ role: 'user', content: 'x' }] };

describe('a way to a provider of another protocol', () => {
  it.each(PROTOCOLS.filter((protocol) => protocol !== 'openai_chat'))(
    'says that log probabilities are lost (%s)',
    (to) => {
      const call = codecOf('openai_chat')?.client?.envelope(JSON.stringify(BODY), {
        model: '',
        stream: false,
        query: '',
      });
      if (!call || 'malformed' in call) throw new Error('the call could not be read');
      const written = wayOf('openai_chat', to)?.body(call, TARGET);
      if (written === undefined || 'malformed' in written) throw new Error('the call could not be written');
      expect(written.losses.filter(({ path }) => path === 'logprobs')).toMatchObject([{ essential: true }]);
    },
  );
});
