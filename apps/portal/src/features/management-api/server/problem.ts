import { FAULT_STATUS, type Fault } from '@parley/kernel/fault';

const TITLES: Readonly<Record<Fault['code'], string>> = {
  invalid_input: 'Some fields are not right',
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  invalid_state: 'Not possible in this state',
  limit_reached: 'Too many requests',
  unavailable: 'Not available at the moment',
};

/** One error reply (RFC 9457). `pointer` of an issue is a JSON Pointer into the request. */
export function problem(fault: Fault, requestId: string, headers: Record<string, string> = {}): Response {
  return Response.json(
    {
      type: `/docs/errors#${fault.code}`,
      title: TITLES[fault.code],
      status: FAULT_STATUS[fault.code],
      detail: fault.message,
      code: fault.code,
      requestId,
      ...(fault.issues.length > 0
        ? { errors: fault.issues.map(({ path, message }) => ({ pointer: pointer(path), message })) }
        : {}),
    },
    {
      status: FAULT_STATUS[fault.code],
      headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId, ...headers },
    },
  );
}

function pointer(path: string): string {
  return path
    ? `/${path
        .split('.')
        .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
        .join('/')}`
    : '';
}
