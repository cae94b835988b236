import type { XmlNode } from '@parley/domain/xml/read-nodes';
import { type Refusal, refusal } from '../../refusals.ts';

/** What a SOAP fault says, of either version. */
export interface Fault {
  /** The code without prefix: `Client`, `Server`, `Sender`, `Receiver`… */
  readonly code: string;
  /** Of SOAP 1.2. */
  readonly subcode: string;
  readonly reason: string;
  /** Name of the first element of its detail. */
  readonly detail: string;
}

const MAX_TEXT = 500;

/** Reads a Fault element (SOAP 1.1 §4.4, SOAP 1.2 Part 1 §5.4). */
export function readFault(fault: XmlNode): Fault {
  const code = inside(fault, 'Code');
  const detail = inside(fault, 'detail') ?? inside(fault, 'Detail');
  return {
    code: local(inside(fault, 'faultcode')?.text ?? (code && inside(code, 'Value')?.text) ?? ''),
    subcode: local((code && valueOf(inside(code, 'Subcode'))) ?? ''),
    reason: (inside(fault, 'faultstring')?.text ?? reasonOf(fault) ?? '').trim().slice(0, MAX_TEXT),
    detail: detail?.children[0]?.name.slice(0, MAX_TEXT) ?? '',
  };
}

function inside(element: XmlNode, name: string): XmlNode | undefined {
  return element.children.find((one) => one.name === name);
}

function valueOf(element: XmlNode | undefined): string | undefined {
  return element && inside(element, 'Value')?.text;
}

function reasonOf(fault: XmlNode): string | undefined {
  const reason = inside(fault, 'Reason');
  return reason && inside(reason, 'Text')?.text;
}

function local(text: string): string {
  const bare = text.trim().slice(0, MAX_TEXT);
  return bare.slice(bare.lastIndexOf(':') + 1);
}

/** The caller's own faults, by the code or the part of it before a dot (SOAP 1.1 §4.4.1). */
const CALLERS = new Set(['Client', 'Sender']);
/** Codes of WS-Security: the credential is the publisher's, not the caller's. */
const CREDENTIALS = new Set([
  'FailedAuthentication',
  'FailedCheck',
  'InvalidSecurity',
  'InvalidSecurityToken',
  'SecurityTokenUnavailable',
]);

/** The refusal for a fault: by `statuses`, else 400 for the caller's and 502 for the service's, whose words stay in the log. */
export function faultRefusal(fault: Fault, statuses: Readonly<Record<string, number>>): Refusal {
  const { code, subcode, detail, reason } = fault;
  const known = [detail, subcode, code].find((name) => name !== '' && Object.hasOwn(statuses, name));
  const isCallers = CALLERS.has(code.split('.', 1)[0] ?? '');
  if (known === undefined && (CREDENTIALS.has(code) || CREDENTIALS.has(subcode)))
    return refusal('upstream_credentials');
  const status = known === undefined ? (isCallers ? 400 : 502) : (statuses[known] ?? 502);
  if (status >= 500) return refusal('service_fault', { status });
  const parts = [
    ['/faultcode', [code, subcode].filter(Boolean).join(' / ')],
    ['/detail', detail],
  ] as const;
  return refusal('service_fault', {
    status,
    ...(reason ? { message: reason } : {}),
    errors: parts.filter(([, message]) => message !== '').map(([pointer, message]) => ({ pointer, message })),
  });
}
