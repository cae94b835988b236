import type { FieldIssue } from '@parley/kernel/fault';
import { TRPCClientError } from '@trpc/client';

/** What a form shows of a failed call. */
export interface ShownFault {
  /** Code of the fault; `null` when the call did not arrive or failed by a defect. */
  readonly code: string | null;
  readonly message: string;
  readonly issues: readonly FieldIssue[];
}

const OFFLINE = 'The portal could not be reached. What you typed is kept; try again.';

/** Reads the fault out of a failed call: its sentence and the issues beside fields. `null` for no error. */
export function faultOf(error: unknown): ShownFault | null {
  if (error === null || error === undefined) return null;
  if (!(error instanceof TRPCClientError)) return { code: null, message: OFFLINE, issues: [] };
  const data: unknown = error.data;
  if (!isRecord(data)) return { code: null, message: OFFLINE, issues: [] };
  const fault = data.fault;
  const issues = isRecord(fault) && Array.isArray(fault.issues) ? fault.issues.filter(isIssue) : [];
  const code = isRecord(fault) && typeof fault.code === 'string' ? fault.code : null;
  return { code, message: error.message, issues };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isIssue(value: unknown): value is FieldIssue {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';
}
