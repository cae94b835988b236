import type { CallersPolicy } from '@parley/contracts/policies/callers';
import type { PolicyCheck } from './checks.ts';

/** Issuers that are asked about tokens are upstreams. */
export const callersCheck: PolicyCheck<CallersPolicy> = {
  upstreams: ({ methods = [] }) =>
    methods.flatMap((method, at) =>
      method.kind === 'introspection' ? [{ path: `methods.${at}.upstream`, upstream: method.upstream }] : [],
    ),
};
