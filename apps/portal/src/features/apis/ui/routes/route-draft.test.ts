import { expect, it } from 'vitest';
import { faultyRoutes, fitsFilter, newRoute, routeDrafts, routesOf } from './route-draft.ts';

const orders = { ...newRoute('shop'), method: 'POST' as const, path: '/orders/{id}', summary: 'Place an order' };

it('finds a route by words of its method, path, summary and upstream, in any order', () => {
  expect(fitsFilter(orders, '')).toBe(true);
  expect(fitsFilter(orders, 'post ORD')).toBe(true);
  expect(fitsFilter(orders, 'shop place')).toBe(true);
  expect(fitsFilter(orders, 'get orders')).toBe(false);
});

it('names the routes a fault speaks of once each', () => {
  const paths = [
    'definition.routes.12.path',
    'note',
    'definition.routes.3.policies.cache',
    'definition.routes.12.match',
  ];
  expect(faultyRoutes(paths)).toEqual([3, 12]);
});

it('gives back what it was given, with no path at the upstream where none was written', () => {
  const { key: _, ...route } = orders;
  const given = [{ ...route, upstreamPath: null, policies: { cache: null } }];
  expect(routesOf(routeDrafts(given))).toEqual(given);
  expect(routesOf([{ ...orders, upstreamPath: ' ' }])[0]?.upstreamPath).toBeNull();
});
