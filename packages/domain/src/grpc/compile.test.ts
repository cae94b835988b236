import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { GrpcPolicy } from '@parley/contracts/policies/grpc';
import { describe, expect, it } from 'vitest';
import { compileGrpc } from './compile.ts';

const COMMON = `syntax = "proto3";
package shop.common;
enum State { STATE_UNSPECIFIED = 0; OPEN = 1; CLOSED = 2 [deprecated = true]; reserved 9; }
message Money { string currency = 1; int64 units = 2; }`;
const ORDERS = `// Orders
syntax = 'proto3';
package shop.v1;
import "shop/common.proto";
import public "google/protobuf/timestamp.proto";
import "google/api/annotations.proto";
option go_package = "example.com/shop;shop";
/* A block
   comment */
service Orders {
  rpc Get(GetRequest) returns (Order) {
    option (google.api.http) = { get: "/orders/{id}" additional_bindings { get: "/o/{id}" } };
  }
  rpc Put(Order) returns (Order) { option (google.api.http).put = "/orders/{id}"; option (google.api.http).body = "*"; };
  rpc Watch(GetRequest) returns (stream Order);
  rpc Upload(stream Order) returns (GetRequest);
  rpc Set(SetRequest) returns (.shop.v1.Order) { option (google.api.http) = { post: "/orders/{order.id}/x", body: "order" }; }
}
message GetRequest { string id = 1; int32 page_size = 2; repeated shop.common.State states = 3; Order.Inner inner = 4; }
message SetRequest { Order order = 1; bool dry = 2; }
message Order {
  message Inner { bool deep = 1; }
  enum Kind { KIND_A = 0; KIND_B = 1; }
  string id = 1 [json_name = "orderId"];
  common.Money price = 2;
  map<string, Inner> parts = 3;
  oneof way { string mail = 4; bytes blob = 5; }
  optional uint32 count = 6;
  repeated sint32 numbers = 7 [packed = false];
  google.protobuf.Timestamp at = 8;
  Kind kind = 0x9;
  reserved 20 to 30, 40; reserved "old";
}`;
const protos = [
  { name: 'shop/v1/orders.proto', text: ORDERS },
  { name: 'shop/common.proto', text: COMMON },
];
const GET = { method: 'GET', path: '/orders/{id}' };
const compiled = (more: Partial<GrpcPolicy> = {}, route = GET) => compileGrpc({ protos, ...more }, route);
const plan = (more?: Partial<GrpcPolicy>, route?: typeof GET) => {
  const made = compiled(more, route);
  if (!('plan' in made)) throw new Error(JSON.stringify(made));
  return made.plan;
};
const withText = (text: string) => compileGrpc({ protos: [{ name: 'a.proto', text }] }, GET);

describe('a route of a gRPC method', () => {
  it('takes the method that google.api.http names, or the one that is written', () => {
    expect(plan()).toMatchObject({
      path: '/shop.v1.Orders/Get',
      body: 'none',
      streams: false,
      input: 'shop.v1.GetRequest',
    });
    expect(plan({}, { method: 'GET', path: '/o/{id}' }).path).toBe('/shop.v1.Orders/Get');
    expect(plan({}, { method: 'PUT', path: '/orders/{id}' })).toMatchObject({ path: '/shop.v1.Orders/Put', body: '*' });
    expect(plan({ method: 'shop.v1.Orders/Watch' }).streams).toBe(true);
    expect(plan({ method: 'shop.v1.Orders/Set' }, { method: 'POST', path: '/x' }).body).toBe('*');
  });

  it('makes descriptors that read and write the messages, and holds nothing else', () => {
    const { descriptors } = plan({ method: 'shop.v1.Orders/Put' }, { method: 'PUT', path: '/orders/{id}' });
    const set = fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, 'base64'));
    const registry = createFileRegistry(set);
    expect(registry.getMessage('shop.v1.GetRequest')).toBeUndefined();
    const order = registry.getMessage('shop.v1.Order');
    if (order === undefined) throw new Error('no message');
    const json = {
      orderId: '7',
      price: { currency: 'EUR', units: '9007199254740993' },
      parts: { a: { deep: true } },
      blob: 'AQI=',
      count: 0,
      numbers: [-1, 2],
      at: '2026-01-02T03:04:05.600Z',
      kind: 'KIND_B',
    };
    const bytes = toBinary(order, fromJson(order, json));
    expect(toJson(order, fromBinary(order, bytes))).toEqual(json);
    // Not packed: each number of the list by itself.
    expect(Buffer.from(bytes).includes(Buffer.from([0x38, 0x01, 0x38, 0x04]))).toBe(true);
  });

  it('describes what the endpoint takes and answers', () => {
    const made = compiled();
    if (!('shape' in made)) throw new Error('not compiled');
    const { shape } = made;
    expect(shape.parameters.map(({ in: place, name }) => `${place} ${name}`)).toEqual([
      'path id',
      'query pageSize',
      'query states',
      'query inner.deep',
    ]);
    expect(shape.answer).toEqual({ $ref: '#/components/schemas/shop.v1.Order' });
    expect(shape.schemas['shop.v1.Order']).toMatchObject({
      properties: { orderId: { type: 'string' }, at: { format: 'date-time' }, kind: { enum: ['KIND_A', 'KIND_B'] } },
    });
  });

  it.each([
    ['no files', compileGrpc({}, GET), 'protos'],
    ['a method that is not there', compiled({ method: 'shop.v1.Orders/Nope' }), 'method'],
    ['no method for the route', compiled({}, { method: 'GET', path: '/other' }), 'method'],
    ['a stream of the caller', compiled({ method: 'shop.v1.Orders/Upload' }), 'method'],
    [
      'a parameter without a field',
      compiled({ method: 'shop.v1.Orders/Get' }, { method: 'GET', path: '/x/{nope}' }),
      'method',
    ],
    ['a body of GET', compiled({ body: '*' }), 'body'],
    [
      'a body that is no field',
      compiled({ method: 'shop.v1.Orders/Get', body: 'nope' }, { method: 'POST', path: '/x' }),
      'body',
    ],
    ['an import that is not given', withText('syntax = "proto3";\nimport "x.proto";'), 'protos.0.text'],
    ['proto2', withText('syntax = "proto2";'), 'protos.0.text'],
    ['no syntax', withText('message A {}'), 'protos.0.text'],
    ['a type that is not there', withText('syntax = "proto3"; message A { B b = 1; }'), 'protos.0.text'],
    ['a number twice', withText('syntax = "proto3"; message A { int32 a = 1; int32 b = 1; }'), 'protos.0.text'],
    ['a number out of range', withText('syntax = "proto3"; message A { int32 a = 19000; }'), 'protos.0.text'],
    ['an enum without zero', withText('syntax = "proto3"; enum A { B = 1; }'), 'protos.0.text'],
    ['a text that ends early', withText('syntax = "proto3"; message A {'), 'protos.0.text'],
    ['a character of no language', withText('syntax = "proto3"; message A { § }'), 'protos.0.text'],
    ['deep nesting', withText(`syntax = "proto3"; ${'message A {'.repeat(100)}${'}'.repeat(100)}`), 'protos.0.text'],
    [
      'a message that is itself a name of two',
      withText('syntax = "proto3"; message A {} message A {}'),
      'protos.0.text',
    ],
  ])('is refused with the place of what is wrong: %s', (_what, made, path) => {
    expect('plan' in made).toBe(false);
    expect((made as { path: string; message: string }[])[0]?.path).toBe(path);
    expect((made as { path: string; message: string }[])[0]?.message.length).toBeGreaterThan(5);
  });

  it('refuses files that import one another', () => {
    const made = compileGrpc(
      {
        protos: [
          { name: 'a.proto', text: 'syntax = "proto3"; import "b.proto";' },
          { name: 'b.proto', text: 'syntax = "proto3"; import "a.proto";' },
        ],
      },
      GET,
    );
    expect(made).toMatchObject([{ message: 'The file imports itself, by way of others.' }]);
  });

  it('names the line of what is wrong', () => {
    expect(withText('syntax = "proto3";\n\nmessage A {\n  strin a = 1;\n}')).toEqual([
      { path: 'protos.0.text', message: 'Line 4: There is no type strin.' },
    ]);
  });

  it('reads hostile texts in little time', () => {
    const from = performance.now();
    for (const text of [
      '{'.repeat(200_000),
      '/*'.repeat(100_000),
      '"'.repeat(200_000),
      `syntax = "proto3"; option a = ${'['.repeat(50_000)}`,
    ]) {
      expect('plan' in withText(text)).toBe(false);
    }
    expect(performance.now() - from).toBeLessThan(3000);
  });
});
