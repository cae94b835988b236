import { CATEGORY_NAMES } from './inventory.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const body = (schema: object, type = 'application/json') => ({ content: { [type]: { schema } } });
const ok = (description: string, schema: object) => ({ description, ...body(schema) });
const problem = (description: string) => ({ description, ...body(ref('Problem'), 'application/problem+json') });
const path = (name: string, example: string) => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string' },
  example,
});
const query = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema });

const money = {
  type: 'object',
  required: ['amount', 'currency'],
  properties: { amount: { type: 'string', examples: ['12.50'] }, currency: { const: 'EUR' } },
};
const line = {
  type: 'object',
  required: ['partId', 'quantity'],
  properties: {
    partId: { type: 'string', examples: ['AP-1002'] },
    quantity: { type: 'integer', minimum: 1, maximum: 1000 },
  },
};

/** What the service offers, as an OpenAPI 3.1 document; served at `/openapi.json`. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Aurora Parts',
    version: '1.0.0',
    description:
      'Inventory and orders of a made-up shop for bicycle parts. The stock is the same every time; orders are kept in memory until the service stops.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'parts', description: 'What is in stock' },
    { name: 'orders', description: 'Taking parts out of stock' },
    { name: 'testing', description: 'Endpoints that behave as asked, for trying out a gateway' },
  ],
  paths: {
    '/parts': {
      get: {
        operationId: 'listParts',
        summary: 'List parts',
        tags: ['parts'],
        parameters: [
          query('category', 'Only this category', { type: 'string', enum: CATEGORY_NAMES }),
          query('q', 'Words in the name', { type: 'string' }),
          query('limit', 'Parts on a page', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
          query('after', 'Id of the last part of the page before', { type: 'string' }),
        ],
        responses: { 200: ok('A page of parts', ref('PartPage')), 400: problem('A parameter is wrong') },
      },
    },
    '/parts/{id}': {
      get: {
        operationId: 'getPart',
        summary: 'Read a part',
        tags: ['parts'],
        parameters: [path('id', 'AP-1001')],
        responses: { 200: ok('The part', ref('Part')), 404: problem('There is no such part') },
      },
    },
    '/orders': {
      post: {
        operationId: 'placeOrder',
        summary: 'Place an order',
        tags: ['orders'],
        requestBody: { required: true, ...body(ref('NewOrder')) },
        responses: {
          201: ok('The order', ref('Order')),
          400: problem('The order is malformed'),
          409: problem('A part does not exist or is not in stock'),
        },
      },
    },
    '/orders/{id}': {
      parameters: [path('id', 'ORD-000001')],
      get: {
        operationId: 'getOrder',
        summary: 'Read an order',
        tags: ['orders'],
        responses: { 200: ok('The order', ref('Order')), 404: problem('There is no such order') },
      },
      delete: {
        operationId: 'cancelOrder',
        summary: 'Cancel an order',
        tags: ['orders'],
        responses: { 200: ok('The cancelled order', ref('Order')), 404: problem('There is no such order') },
      },
    },
    '/echo': {
      post: {
        operationId: 'echo',
        summary: 'What arrived: method, path, query, headers and body (any method)',
        tags: ['testing'],
        requestBody: body({}),
        responses: { 200: ok('The request', ref('Echo')) },
      },
    },
    '/slow': {
      get: {
        operationId: 'slow',
        summary: 'Answer after a while',
        tags: ['testing'],
        parameters: [
          query('ms', 'Milliseconds to wait', { type: 'integer', minimum: 0, maximum: 600_000, default: 1000 }),
        ],
        responses: { 200: ok('How long it took', { type: 'object', properties: { waitedMs: { type: 'integer' } } }) },
      },
    },
    '/status/{code}': {
      get: {
        operationId: 'status',
        summary: 'Answer with a status',
        tags: ['testing'],
        parameters: [path('code', '503')],
        responses: { default: problem('The status asked for') },
      },
    },
    '/bytes/{count}': {
      get: {
        operationId: 'bytes',
        summary: 'Answer with so many bytes',
        tags: ['testing'],
        parameters: [path('count', '1024')],
        responses: { 200: { description: 'Bytes', content: { 'application/octet-stream': {} } } },
      },
    },
    '/stream': {
      get: {
        operationId: 'stream',
        summary: 'Answer line by line',
        tags: ['testing'],
        parameters: [
          query('lines', 'Number of lines', { type: 'integer', minimum: 1, maximum: 10_000, default: 10 }),
          query('ms', 'Milliseconds between lines', { type: 'integer', minimum: 0, maximum: 60_000, default: 100 }),
        ],
        responses: { 200: { description: 'One JSON object a line', content: { 'application/x-ndjson': {} } } },
      },
    },
  },
  components: {
    schemas: {
      Money: money,
      Part: {
        type: 'object',
        required: ['id', 'name', 'category', 'price', 'stock', 'weightGrams'],
        properties: {
          id: { type: 'string', examples: ['AP-1001'] },
          name: { type: 'string' },
          category: { type: 'string', enum: CATEGORY_NAMES },
          price: ref('Money'),
          stock: { type: 'integer', minimum: 0 },
          weightGrams: { type: 'integer' },
        },
      },
      PartPage: {
        type: 'object',
        required: ['parts', 'next'],
        properties: { parts: { type: 'array', items: ref('Part') }, next: { type: ['string', 'null'] } },
      },
      NewOrder: {
        type: 'object',
        required: ['lines'],
        properties: {
          lines: { type: 'array', minItems: 1, maxItems: 50, items: line },
          reference: { type: 'string', maxLength: 100 },
        },
      },
      Order: {
        type: 'object',
        required: ['id', 'status', 'reference', 'lines', 'total'],
        properties: {
          id: { type: 'string' },
          status: { enum: ['accepted', 'cancelled'] },
          reference: { type: ['string', 'null'] },
          lines: { type: 'array', items: line },
          total: ref('Money'),
        },
      },
      Echo: {
        type: 'object',
        properties: {
          method: { type: 'string' },
          path: { type: 'string' },
          query: { type: 'object' },
          headers: { type: 'object' },
          body: { description: 'Parsed when it is JSON, else text' },
        },
      },
      Problem: {
        type: 'object',
        description: 'RFC 9457',
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
        },
      },
    },
  },
} as const;
