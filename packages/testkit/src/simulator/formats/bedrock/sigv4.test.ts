import { describe, expect, test } from 'vitest';
import { amzTime, isSigned, parseAuthorization } from './sigv4.ts';

/** Vectors of the AWS Signature Version 4 test suite and of the IAM User Guide. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const DATE = '20150830T123600Z';
const host = 'example.amazonaws.com';

const VECTORS = [
  {
    name: 'get-vanilla',
    call: { method: 'GET', url: '/', headers: { host }, body: '' },
    service: 'service',
    signedHeaders: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-vanilla',
    call: { method: 'POST', url: '/', headers: { host }, body: '' },
    service: 'service',
    signedHeaders: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    call: { method: 'GET', url: '/?Param2=value2&Param1=value1', headers: { host }, body: '' },
    service: 'service',
    signedHeaders: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'post-x-www-form-urlencoded',
    call: {
      method: 'POST',
      url: '/',
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
    },
    service: 'service',
    signedHeaders: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'ListUsers of the User Guide',
    call: {
      method: 'GET',
      url: '/?Action=ListUsers&Version=2010-05-08',
      headers: { host: 'iam.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: '',
    },
    service: 'iam',
    signedHeaders: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
] as const;

describe.each(VECTORS)('$name', ({ call, service, signedHeaders, signature }) => {
  const header = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  const parts = parseAuthorization(header);
  if (!parts) throw new Error('not read');
  const signed = { ...call, headers: { ...call.headers, 'x-amz-date': DATE }, body: Buffer.from(call.body) };

  test('holds', () => {
    expect(isSigned(signed, parts, SECRET)).toBe(true);
  });

  test.each([
    ['another body', { ...signed, body: Buffer.from(`${call.body} `) }],
    ['another path', { ...signed, url: call.url.replace('/', '/a') }],
    ['another host', { ...signed, headers: { ...signed.headers, host: 'other.amazonaws.com' } }],
    ['another time', { ...signed, headers: { ...signed.headers, 'x-amz-date': '20150830T123601Z' } }],
  ])('does not hold for %s', (_, changed) => {
    expect(isSigned(changed, parts, SECRET)).toBe(false);
  });
});

test('a header of another kind is not read; times are', () => {
  expect(parseAuthorization('Bearer x')).toBeNull();
  expect(parseAuthorization('AWS4-HMAC-SHA256 Credential=a/b')).toBeNull();
  expect(amzTime(DATE)).toBe(Date.UTC(2015, 7, 30, 12, 36));
  expect(amzTime('yesterday')).toBeNaN();
});
