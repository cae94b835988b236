import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcedLength, type Outgoing, requestHead, UnsendableRequestError } from './request-head.ts';

function head(more: Partial<Outgoing> = {}, bodyBytes = 0): string {
  return requestHead({ method: 'GET', path: '/', headers: [], body: null, ...more }, 'up.test:81', bodyBytes);
}

describe('requestHead', () => {
  it.each([
    ['GET without a body', {}, 0, 'GET / HTTP/1.1\r\nhost: up.test:81\r\n\r\n'],
    ['POST without a body', { method: 'POST' }, 0, 'POST / HTTP/1.1\r\nhost: up.test:81\r\ncontent-length: 0\r\n\r\n'],
    ['a body', { method: 'POST' }, 7, 'POST / HTTP/1.1\r\nhost: up.test:81\r\ncontent-length: 7\r\n\r\n'],
    ['a stream', { method: 'PUT' }, -1, 'PUT / HTTP/1.1\r\nhost: up.test:81\r\ntransfer-encoding: chunked\r\n\r\n'],
    [
      'an announced stream',
      { headers: ['content-length', '9'] },
      -1,
      'GET / HTTP/1.1\r\nhost: up.test:81\r\ncontent-length: 9\r\n\r\n',
    ],
    [
      'a length that is wrong',
      { headers: ['content-length', '9'] },
      3,
      'GET / HTTP/1.1\r\nhost: up.test:81\r\ncontent-length: 3\r\n\r\n',
    ],
    ['another host', { headers: ['a', 'b', 'host', 'x.test'] }, 0, 'GET / HTTP/1.1\r\nhost: x.test\r\na: b\r\n\r\n'],
  ] as const)('of %s', (_what, more, bodyBytes, text) => {
    expect(head(more, bodyBytes)).toBe(text);
  });

  it.each([
    ['CRLF in a value', { headers: ['x', 'a\r\nx-evil: 1'] }],
    ['LF in a value', { headers: ['x', 'a\nb'] }],
    ['NUL in a value', { headers: ['x', 'a\0b'] }],
    ['a character that Latin-1 would cut to LF', { headers: ['x', 'a\u010ab'] }],
    ['CRLF in Host', { headers: ['host', 'a\r\nb: c'] }],
    ['white space in a name', { headers: ['x y', 'a'] }],
    ['CRLF in a name', { headers: ['x\r\ny', 'a'] }],
    ['no name', { headers: ['', 'a'] }],
    ['a colon in a name', { headers: ['x:', 'a'] }],
    ['a frame that is not ours', { headers: ['Transfer-Encoding', 'chunked'] }],
    ['Connection', { headers: ['connection', 'upgrade'] }],
    ['a second Host in another spelling', { headers: ['Host', 'a'] }],
    ['Upgrade', { headers: ['upgrade', 'h2c'] }],
    ['Expect', { headers: ['expect', '100-continue'] }],
    ['a space in the path', { path: '/a b' }],
    ['CRLF in the path', { path: '/a\r\nb' }],
    ['a character that Latin-1 would cut to CR in the path', { path: '/\u010d' }],
    ['no path', { path: '' }],
    ['a space in the method', { method: 'GET /x' }],
  ])('refuses %s', (_what, more) => {
    expect(() => head(more)).toThrow(UnsendableRequestError);
  });

  it('refuses a stream whose announced length is no number', () => {
    expect(() => head({ headers: ['content-length', '1, 1'] }, -1)).toThrow(UnsendableRequestError);
    expect(() => announcedLength(['a', 'b', 'content-length', '-1'])).toThrow(UnsendableRequestError);
    expect(announcedLength(['x', 'content-length', 'content-length', '5'])).toBe(5);
  });

  it('is one head of as many lines as there are headers, whatever is put into them', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anything, anything, anything, (name, value, path) => {
        let text = '';
        try {
          text = head({ path: `/${path}`, headers: [name, value] });
        } catch (error) {
          expect(error).toBeInstanceOf(UnsendableRequestError);
          return;
        }
        const wire = Buffer.from(text, 'latin1').toString('latin1');
        expect(wire).toBe(text);
        expect(wire.split('\r\n').length).toBeLessThanOrEqual(5);
        expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
      }),
    );
  });
});
