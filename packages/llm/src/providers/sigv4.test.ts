import { describe, expect, it } from 'vitest';
import { type RequestToSign, signRequest } from './sigv4.ts';

/** Of AWS's own test suite for Signature Version 4 (awslabs/aws-c-auth, `tests/aws-signing-test-suite/v4`). */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const scope = { region: 'us-east-1', service: 'service', nowMs: Date.UTC(2015, 7, 30, 12, 36, 0) };
const HASH = '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e';
const HOST = ['host', 'example.amazonaws.com'];

function sign(request: Partial<RequestToSign>, sessionToken?: string) {
  const whole = { method: 'GET', path: '/', query: '', headers: HOST, body: '', ...request };
  const flat = signRequest(whole, sessionToken === undefined ? credentials : { ...credentials, sessionToken }, scope);
  const headers: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) headers[flat[i] as string] = flat[i + 1] as string;
  const [, names, signature] = /SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers.authorization ?? '') ?? [];
  return { headers, names, signature };
}

describe('AWS Signature Version 4', () => {
  it.each([
    ['get-utf8', { path: '/ሴ' }, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    ['get-space', { path: '/example space/' }, '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
    [
      'get-vanilla-query-order-key-case',
      { query: 'Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['get-vanilla-utf8-query', { query: 'ሴ=bar' }, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    [
      'get-header-value-trim',
      { headers: [...HOST, 'My-Header1', ' value1', 'My-Header2', ' "a   b   c"'] },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'get-header-key-duplicate',
      { headers: [...HOST, 'My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'] },
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
    [
      'post-vanilla-query',
      { method: 'POST', query: 'Param1=value1' },
      '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: [
          ...HOST,
          'Content-Type',
          'application/x-www-form-urlencoded',
          'Content-Length',
          '13',
          'x-amz-content-sha256',
          HASH,
        ],
        body: 'Param1=value1',
      },
      'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
    ],
  ])('signs %s as AWS does', (_name, request, signature) => {
    expect(sign(request).signature).toBe(signature);
  });

  it('signs with a session token as AWS does (get-vanilla-with-session-token)', () => {
    const { headers, names, signature } = sign({}, '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267');
    expect(signature).toBe('07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8');
    expect(names).toBe('host;x-amz-date;x-amz-security-token');
    expect(headers).toEqual({
      'x-amz-date': '20150830T123600Z',
      'x-amz-security-token': '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    });
  });

  it('covers the body, the path as it is on the wire, and every header given', () => {
    const path = '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse';
    const base = { method: 'POST', path, headers: [...HOST, 'content-type', 'application/json'], body: '{}' };
    const { signature } = sign(base);
    for (const other of [
      { body: '{} ' },
      { path: path.replace('%2F', '/') },
      { method: 'PUT' },
      { query: 'a=' },
      { headers: HOST },
    ]) {
      expect(sign({ ...base, ...other }).signature).not.toBe(signature);
    }
  });
});
