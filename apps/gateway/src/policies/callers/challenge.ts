import type { Method } from './method.ts';

const REALM = 'realm="parley"';

/**
 * The value of `WWW-Authenticate`: one challenge for each scheme, in the order of the methods (RFC 9110 §11.6.1). The
 * method that had something against a credential says so as RFC 6750 §3 has it.
 */
export function challenges(
  methods: readonly Method[],
  failed: { readonly method: Method; readonly reason: string } | null,
): string {
  const bySchemes = new Map<string, Set<string>>();
  for (const { scheme, parameters } of methods) {
    const known = bySchemes.get(scheme) ?? new Set([REALM]);
    for (const parameter of parameters) known.add(parameter);
    bySchemes.set(scheme, known);
  }
  if (failed) {
    const known = bySchemes.get(failed.method.scheme);
    if (failed.method.scheme === 'Bearer') known?.add('error="invalid_token"');
    known?.add(`error_description="${failed.reason}"`);
  }
  return [...bySchemes].map(([scheme, parameters]) => `${scheme} ${[...parameters].join(', ')}`).join(', ');
}
