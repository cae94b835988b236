import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compressionAlgorithms,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { TestCertificate } from '@parley/testkit/certificate';

export const PROTO = `syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service Orders {
  rpc Get(Order) returns (Order);
  rpc Fail(Order) returns (Order);
  rpc Never(Order) returns (Order);
  rpc Watch(Order) returns (stream Order);
  rpc Missing(Order) returns (Order);
}
enum State { UNKNOWN = 0; OPEN = 1; }
message Order {
  message Line { string item = 1; int32 count = 2; }
  string id = 1;
  int64 total = 2;
  State state = 3;
  bytes blob = 4;
  repeated Line lines = 5;
  map<string, double> tags = 6;
  google.protobuf.Timestamp at = 7;
  google.protobuf.BoolValue paid = 8;
  repeated string names = 9;
  bool dry = 10;
  Line first = 11;
}`;
/** What the server knows: without the method that it is not to have. */
const SERVED = PROTO.replace('  rpc Missing(Order) returns (Order);\n', '');

export interface GrpcOrder {
  readonly id: string;
  readonly total: string;
  readonly lines: readonly { item: string; count: number }[];
  readonly names: readonly string[];
}

export interface GrpcServer {
  readonly url: string;
  readonly port: number;
  readonly received: { order: GrpcOrder; metadata: Record<string, unknown>; deadlineMs: number }[];
  /** Ends of calls that the caller cancelled. */
  readonly cancelled: string[];
  close(): void;
}

type Call = ServerUnaryCall<GrpcOrder, GrpcOrder> | ServerWritableStream<GrpcOrder, GrpcOrder>;

/** A real gRPC server on loopback: `id` of an order says how it behaves. */
export async function startGrpcServer(certificate?: TestCertificate): Promise<GrpcServer> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-proto-'));
  writeFileSync(join(folder, 'orders.proto'), SERVED);
  const definition = loadSync(join(folder, 'orders.proto'), { longs: String, enums: String, defaults: true });
  rmSync(folder, { recursive: true });
  const loaded = loadPackageDefinition(definition) as unknown as { shop: { v1: { Orders: ServiceClientConstructor } } };
  const server = new Server({ 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
  const received: GrpcServer['received'] = [];
  const cancelled: string[] = [];
  const note = (call: Call): void => {
    const deadline = call.getDeadline();
    received.push({
      order: call.request,
      metadata: call.metadata.getMap(),
      deadlineMs: Number(deadline) - Date.now(),
    });
    call.on('cancelled', () => cancelled.push(call.request.id));
  };
  server.addService(loaded.shop.v1.Orders.service, {
    Get(call: ServerUnaryCall<GrpcOrder, GrpcOrder>, answer: sendUnaryData<GrpcOrder>) {
      note(call);
      const big = call.request.id === 'big' ? { names: ['x'.repeat(300_000)] } : {};
      answer(null, { ...call.request, ...big });
    },
    Fail(call: ServerUnaryCall<GrpcOrder, GrpcOrder>, answer: sendUnaryData<GrpcOrder>) {
      note(call);
      answer({ code: Number(call.request.id), details: 'Fällt — so', metadata: new Metadata() });
    },
    Never: note,
    Watch(call: ServerWritableStream<GrpcOrder, GrpcOrder>) {
      note(call);
      const { id } = call.request;
      if (id === 'none') return void call.end();
      if (id === 'refuse') return void call.emit('error', { code: 5, details: 'no such order' });
      for (let n = 0; n < 3; n++) call.write({ ...call.request, total: String(n) });
      if (id === 'fails') call.emit('error', { code: 13, details: 'secret inside' });
      else if (id === 'many') void flood(call);
      else if (id !== 'open') call.end();
    },
  });
  const credentials = certificate
    ? ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(certificate.key), cert_chain: Buffer.from(certificate.cert) },
      ])
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('localhost:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return {
    url: `${certificate ? 'https' : 'http'}://localhost:${port}`,
    port,
    received,
    cancelled,
    close: () => server.forceShutdown(),
  };
}

/** Writes 400 messages of 50 KB, at the pace they are taken. */
async function flood(call: ServerWritableStream<GrpcOrder, GrpcOrder>): Promise<void> {
  for (let n = 0; n < 400 && !call.cancelled; n++) {
    if (!call.write({ ...call.request, names: ['x'.repeat(50_000)] })) {
      await new Promise<void>((resolve) => {
        call.once('drain', resolve).once('cancelled', resolve);
      });
    }
  }
  call.end();
}
