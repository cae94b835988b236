import { describe, expect, it } from 'vitest';
import { awsAuthHeaders } from './aws-auth.ts';

const request = {
  origin: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
  path: '/model/a%3A0/converse',
  body: '{}',
};
const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const key = JSON.stringify({ accessKeyId: 'AKID', secretAccessKey: 'secret' });

describe('showing a key to Bedrock', () => {
  it('signs with the region of the address, or the one that is set', () => {
    const headers = awsAuthHeaders(key, {}, request, nowMs);
    expect(headers.slice(0, 2)).toEqual(['x-amz-date', '20261121T120000Z']);
    expect(headers.at(-1)).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20261121\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    expect(awsAuthHeaders(key, { region: 'us-west-2' }, request, nowMs).at(-1)).toContain('/us-west-2/bedrock/');
  });

  it('sends the token of temporary keys', () => {
    const temporary = JSON.stringify({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' });
    expect(awsAuthHeaders(temporary, {}, request, nowMs)).toContain('token');
  });

  it.each(['bedrock-api-key-abc', '{"accessKeyId":"AKID"}', '[]'])(
    'sends %s, which is no pair of keys, as it is',
    (word) => {
      expect(awsAuthHeaders(word, {}, request, nowMs)).toEqual(['authorization', `Bearer ${word}`]);
    },
  );
});
