import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODY, CALLER, HEAD, type Known, type RouteFacts } from '../routing/call-facts.ts';
import type { RouteCondition } from '../routing/route-condition.ts';
import { RouteTable } from './route-table.ts';

function table(...routes: [method: string, path: string][]): RouteTable<string> {
  const made = new RouteTable<string>();
  for (const [method, path] of routes) made.add(method, path, `${method} ${path}`);
  return made;
}
const none = (): readonly string[] => [];
const asking = (header: string, known: Known = HEAD): RouteFacts => ({
  known,
  params: [],
  variable: () => undefined,
  body: () => undefined,
  header: (name) => (name === header ? ['1'] : []),
  query: none,
  client: () => [],
  cookie: none,
});
const found = (routes: RouteTable<string>, method: string, path: string, header = '', known: Known = HEAD): string => {
  const lookup = routes.find(method, path, asking(header, known));
  if (lookup.kind === 'match') return [lookup.match.value, ...lookup.match.params].join(' | ');
  return lookup.kind === 'method_not_allowed' ? `405 ${lookup.allow}` : lookup.kind;
};

describe('RouteTable', () => {
  const routes = table(
    ['GET', '/'],
    ['GET', '/users/me'],
    ['GET', '/users/{id}'],
    ['PUT', '/users/{id}'],
    ['*', '/users/{id}/files/*'],
    ['POST', '/*'],
  );

  it.each([
    ['GET', '', 'GET /'],
    ['GET', '/', 'GET /'],
    ['GET', '/users/me', 'GET /users/me'],
    ['GET', '/users/7', 'GET /users/{id} | 7'],
    ['HEAD', '/users/7', 'GET /users/{id} | 7'],
    ['PUT', '/users/me', 'PUT /users/{id} | me'],
    ['PATCH', '/users/7/files/a/b', '* /users/{id}/files/* | 7 | a/b'],
    ['PATCH', '/users/7/files', '* /users/{id}/files/* | 7 | '],
    ['POST', '/users/7', 'POST /* | users/7'],
    ['DELETE', '/users/7', '405 GET, POST, PUT'],
    ['GET', '/users/', '405 POST'],
    ['GET', '/users/a%2Fb', 'GET /users/{id} | a%2Fb'],
    ['DELETE', '/nothing', '405 POST'],
  ])('%s %s → %s', (method, path, expected) => {
    expect(found(routes, method, path)).toBe(expected);
  });

  it('finds nothing where nothing is', () => {
    expect(found(table(['GET', '/a']), 'GET', '/b')).toBe('none');
    expect(found(table(['GET', '/a']), 'GET', '/a/b')).toBe('none');
    expect(found(table(['GET', '/a']), 'GET', '/a/')).toBe('none');
  });

  it('finds every literal route among thousands', () => {
    const segment = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), { maxLength: 200, selector: String }),
        (paths) => {
          const many = table(...paths.map((path) => ['GET', `/${path.join('/')}`] as [string, string]), [
            'GET',
            '/{any}/*',
          ]);
          for (const path of paths) expect(found(many, 'GET', `/${path.join('/')}`)).toBe(`GET /${path.join('/')}`);
        },
      ),
    );
  });

  describe('with conditions', () => {
    const has = (name: string): RouteCondition => ({
      needs: HEAD,
      holds: (facts) => facts.header(name).length > 0,
    });
    const mixed = new RouteTable<string>();
    mixed.add('GET', '/a/{id}', 'x', has('x'));
    mixed.add('GET', '/a/{id}', 'plain');
    mixed.add('GET', '/a/{other}', 'x again', has('x'));
    mixed.add('GET', '/a/{id}', 'y', has('y'));
    mixed.add('GET', '/b', 'only x', has('x'));
    mixed.add('POST', '/b', 'post');
    mixed.add('GET', '/c', 'only x', has('x'));
    mixed.add('GET', '/d/e', 'literal', has('x'));
    mixed.add('GET', '/d/*', 'rest');

    it.each([
      ['/a/1', 'x', 'x | 1'],
      ['/a/1', 'y', 'y | 1'],
      ['/a/1', 'z', 'plain | 1'],
      ['/b', 'x', 'only x'],
      ['/b', 'z', '405 POST'],
      ['/c', 'z', 'none'],
      ['/d/e', 'x', 'literal'],
      ['/d/e', 'z', 'rest | e'],
    ])('%s with %s is answered by %s', (path, header, expected) => {
      expect(found(mixed, 'GET', path, header)).toBe(expected);
      if (!expected.startsWith('405')) expect(found(mixed, 'HEAD', path, header)).toBe(expected);
    });

    it('asks no conditions of routes without', () => {
      const facts: RouteFacts = {
        known: HEAD,
        params: [],
        body: () => expect.unreachable(),
        variable: () => expect.unreachable(),
        header: () => expect.unreachable(),
        query: () => expect.unreachable(),
        client: () => [],
        cookie: () => expect.unreachable(),
      };
      expect(mixed.find('GET', '/d/f', facts).kind).toBe('match');
    });
  });

  describe('with conditions that need more than the head', () => {
    const late = new RouteTable<string>();
    late.add('GET', '/a', 'head', { needs: HEAD, holds: (facts) => facts.header('x').length > 0 });
    late.add('GET', '/a', 'caller', { needs: CALLER, holds: (facts) => facts.header('y').length > 0 });
    late.add('GET', '/a', 'plain');
    late.add('POST', '/b', 'body', { needs: BODY, holds: (facts) => facts.header('x').length > 0 });
    late.add('GET', '/*', 'rest');

    it.each<[string, string, string, Known, string]>([
      ['GET', '/a', 'x', HEAD, 'head'],
      ['GET', '/a', 'y', HEAD, 'later'],
      ['GET', '/a', 'y', CALLER, 'caller'],
      ['GET', '/a', 'z', HEAD, 'later'],
      ['GET', '/a', 'z', CALLER, 'plain'],
      ['POST', '/b', 'x', HEAD, 'later'],
      ['POST', '/b', 'x', CALLER, 'later'],
      ['POST', '/b', 'x', BODY, 'body'],
      ['POST', '/b', 'z', BODY, '405 GET'],
      // Which methods are allowed depends on it as well.
      ['PUT', '/b', 'x', CALLER, 'later'],
      ['PUT', '/b', 'x', BODY, '405 GET, POST'],
      ['GET', '/c', 'z', HEAD, 'rest | c'],
    ])('%s %s with %s, knowing %i: %s', (method, path, header, known, expected) => {
      expect(late.needs).toBe(BODY);
      expect(found(late, method, path, header, known)).toBe(expected);
    });
  });

  it('costs time in proportion to the path for any shape of parameters', () => {
    const deep = table(...Array.from({ length: 12 }, (_, i) => ['GET', `/${'{p}/'.repeat(i)}end`] as [string, string]));
    expect(found(deep, 'GET', `/${'x/'.repeat(11)}end`)).toContain('end');
    expect(found(deep, 'GET', `/${'end/'.repeat(500)}x`)).toBe('none');
  });
});
