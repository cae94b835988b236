import { z } from 'zod';

/** What a gateway needs to answer a route by a gRPC call: compiled from the policy `grpc` when the snapshot is made. */
export const grpcPlanSchema = z.object({
  kind: z.literal('grpc'),
  /** `/shop.v1.Orders/GetOrder`. */
  path: z.string(),
  /** A `google.protobuf.FileDescriptorSet` in base64, files before those that import them. */
  descriptors: z.string(),
  input: z.string(),
  output: z.string(),
  /** Many messages answer one call. */
  streams: z.boolean(),
  /** Names of the route's path parameters with the path of the field each fills. */
  parameters: z.array(z.object({ name: z.string(), field: z.string() })),
  /** `*`, `none`, or a field. */
  body: z.string(),
  metadata: z.array(z.string()),
  zeroValues: z.boolean(),
  maxMessageBytes: z.number().int(),
});
export type GrpcPlan = z.infer<typeof grpcPlanSchema>;
