import { describe, expect, it } from 'vitest';
import { buildReference, type ReferenceTarget } from './build-reference.ts';
import { variablesSchema } from './reference-prompt.ts';

const build = (target: ReferenceTarget) =>
  buildReference({
    gatewayUrl: 'https://gate.example',
    tenant: { slug: 'acme', name: 'Acme' },
    api: { slug: 'shop', name: 'Shop', summary: 'Sells things', description: '' },
    version: 'v1',
    target,
  });

const text = (value: unknown): string => JSON.stringify(value);

describe('the reference of a version', () => {
  it('describes a prompt by its variables and output, and says nothing of its messages or model settings', () => {
    const document = build({
      kind: 'prompt',
      definition: {
        model: 'swift',
        messages: [{ role: 'system', text: 'The secret recipe for {{dish}}' }],
        variables: [
          { name: 'dish', type: 'string', description: 'What to cook', required: true, maxLength: 5 },
          { name: 'guests', type: 'integer', description: '', required: true, default: 2, minimum: 1, maximum: 9 },
          { name: 'diet', type: 'enum', description: '', required: false, values: ['any', 'vegan'] },
        ],
        settings: {},
        output: { kind: 'json', schema: { type: 'object', properties: { steps: { type: 'array' } } } },
      },
    });
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Shop', version: 'v1' },
      servers: [{ url: 'https://gate.example/acme/shop/v1' }],
      security: [{ key: [] }],
      paths: {
        '/': {
          post: {
            requestBody: {
              required: true,
              content: {
                'application/json': {
                  schema: {
                    required: ['dish'],
                    additionalProperties: false,
                    properties: {
                      dish: { type: 'string', maxLength: 5, description: 'What to cook' },
                      guests: { type: 'integer', minimum: 1, maximum: 9, default: 2 },
                      diet: { enum: ['any', 'vegan'] },
                    },
                  },
                  example: { dish: 'Some ', guests: 2 },
                },
              },
            },
          },
        },
      },
    });
    expect(text(document)).toContain('application/problem+json');
    expect(text(document)).not.toContain('recipe');
  });

  it('describes routes one by one when there is no imported document', () => {
    const { paths } = build({
      kind: 'rest',
      openapi: null,
      routes: [
        { method: 'GET', path: '/orders/{id}', summary: 'Read an order' },
        { method: '*', path: '/files/*', summary: '' },
      ],
    }) as { paths: Record<string, Record<string, { summary: string }>> };
    expect(Object.keys(paths)).toEqual(['/orders/{id}', '/files/{path}']);
    expect(paths['/orders/{id}']?.get?.summary).toBe('Read an order');
    expect(Object.keys(paths['/files/{path}'] ?? {})).toEqual(['parameters', 'get', 'post', 'put', 'patch', 'delete']);
  });

  it('shows of an imported document what is served, without the publisher’s machines', () => {
    const document = build({
      kind: 'rest',
      routes: [{ method: 'GET', path: '/orders/{id}', summary: '' }],
      openapi: {
        openapi: '3.0.3',
        servers: [{ url: 'https://internal.acme.example' }],
        paths: {
          '/orders/{orderId}': {
            servers: [{ url: 'https://internal.acme.example' }],
            get: {
              summary: 'One order',
              security: [{ internal: [] }],
              'x-backend': { host: 'internal.acme.example' },
              responses: { 200: { $ref: '#/components/responses/Order' } },
            },
            delete: { summary: 'Not routed' },
          },
          '/admin': { get: { summary: 'Not routed either' } },
        },
        components: {
          securitySchemes: { internal: { type: 'apiKey' } },
          schemas: { Order: { type: 'object', properties: { servers: { type: 'integer' } } } },
          responses: { Order: { description: 'An order' } },
        },
      },
    });
    expect(text(document)).not.toMatch(/internal|Not routed/);
    expect(document).toMatchObject({
      servers: [{ url: 'https://gate.example/acme/shop/v1' }],
      paths: { '/orders/{orderId}': { get: { summary: 'One order' } } },
      components: {
        responses: { Order: { description: 'An order' } },
        schemas: { Order: { properties: { servers: { type: 'integer' } } } },
      },
    });
  });

  it('points model APIs at the gateway’s OpenAI address and names the models', () => {
    const document = build({ kind: 'llm', models: [{ slug: 'swift', name: 'Swift', capabilities: ['chat'] }] });
    expect(document).toMatchObject({
      servers: [{ url: 'https://gate.example/v1' }],
      paths: { '/chat/completions': { post: {} }, '/models': { get: {} } },
    });
    expect(text(document)).toContain('`swift`');
  });

  it('asks for no variable that has a default', () => {
    expect(
      variablesSchema([{ name: 'a', type: 'number', description: '', required: true, default: 1 }]),
    ).not.toHaveProperty('required');
  });
});
