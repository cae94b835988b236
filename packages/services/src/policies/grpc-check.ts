import type { GrpcPolicy } from '@parley/contracts/policies/grpc';
import { compileGrpc } from '@parley/domain/grpc/compile';
import type { PolicyCheck } from './checks.ts';

/** The .proto files and the method are read when they are saved. */
export const grpcCheck: PolicyCheck<GrpcPolicy> = {
  restOnly: 'Only routes of REST APIs can be answered by a gRPC service.',
  answersInstead: true,
  onRoute: (settings, route) => {
    const compiled = compileGrpc(settings, route);
    return 'plan' in compiled ? [] : compiled;
  },
};
