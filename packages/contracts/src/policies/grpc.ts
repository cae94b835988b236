import { z } from 'zod';

const protoFile = z.strictObject({
  name: z
    .string()
    .regex(
      /^(?!google\/(?:protobuf|api)\/)[A-Za-z0-9_./-]{1,200}\.proto$/,
      'Write it as other files import it, like shop/v1/orders.proto.',
    )
    .describe('Its name, as other files import it, such as shop/v1/orders.proto'),
  text: z
    .string()
    .min(1, 'Paste the file.')
    .max(200_000, 'At most 200000 characters.')
    .describe('The .proto file (proto3)'),
});

/**
 * Answers a route by a call of a gRPC method. Fields that a route leaves out are the version's, so that the files are given
 * once.
 */
export const grpcPolicy = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/, 'Write it like shop.v1.Orders/GetOrder.')
    .max(300)
    .optional()
    .describe(
      'Which method is called, such as shop.v1.Orders/GetOrder; the one whose google.api.http names this route if empty',
    ),
  protos: z
    .array(protoFile)
    .min(1, 'Give at least one file.')
    .max(32, 'At most 32 files.')
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'Two files have the same name.')
    .refine(
      (files) => files.reduce((sum, { text }) => sum + text.length, 0) <= 400_000,
      'Together at most 400000 characters.',
    )
    .optional()
    .describe('The .proto files of the service, with those they import; google/protobuf and google/api are known'),
  body: z
    .string()
    .regex(/^(?:\*|none|[A-Za-z_]\w*)$/, 'Write *, none, or the name of a field.')
    .max(100)
    .optional()
    .describe(
      'What the JSON body is: * the whole message, a field of it, or none; * if empty, except for GET and DELETE',
    ),
  metadata: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9_.-]{1,60}$/, 'Write headers in lower case.')
        .refine((name) => !/^(?:grpc-|:)/.test(name) && !OWN.has(name), 'This header has a meaning of its own.'),
    )
    .max(50, 'At most 50 headers.')
    .optional()
    .describe('Headers of the caller that travel on as metadata'),
  zeroValues: z
    .boolean()
    .optional()
    .describe('Write fields that hold 0, false or nothing into answers as well; yes if empty'),
  maxMessageKb: z
    .int()
    .min(1)
    .max(16_384, 'At most 16384 (16 MiB).')
    .optional()
    .describe('Kilobytes of the largest message either way; 4096 if empty'),
});
export type GrpcPolicy = z.output<typeof grpcPolicy>;

const OWN = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'te',
  'transfer-encoding',
  'user-agent',
]);
