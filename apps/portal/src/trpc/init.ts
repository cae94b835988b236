import { FAULT_STATUS, Fault, type FaultCode } from '@parley/kernel/fault';
import { initTRPC, TRPCError } from '@trpc/server';
import type { RequestContext } from './context.ts';

const TRPC_CODES = {
  invalid_input: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  invalid_state: 'CONFLICT',
  limit_reached: 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<FaultCode, TRPCError['code']>;

export const t = initTRPC.context<RequestContext>().create({
  errorFormatter({ shape, error }) {
    const fault = error.cause instanceof Fault ? error.cause : null;
    const { code, httpStatus, path } = shape.data;
    return {
      code: shape.code,
      // What is not a fault is a defect: it is logged with its cause, and the browser learns only that it happened.
      message:
        fault || code === 'NOT_FOUND' ? shape.message : 'Something went wrong on our side. Try again in a moment.',
      data: {
        code,
        path,
        httpStatus: fault ? FAULT_STATUS[fault.code] : httpStatus,
        fault: fault ? { code: fault.code, message: fault.message, issues: fault.issues } : null,
      },
    };
  },
});

/** Turns a fault into tRPC's error, which carries it as its cause; anything else passes. */
export function asTrpcError(error: unknown): unknown {
  return error instanceof Fault
    ? new TRPCError({ code: TRPC_CODES[error.code], message: error.message, cause: error })
    : error;
}
