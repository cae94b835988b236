import type { AnyVerb } from './verb.ts';

/**
 * Every verb, by name. The management API, its OpenAPI document and the cross-tenant tests walk this list; a verb that
 * is not here does not exist for scripts.
 */
export const VERBS: readonly AnyVerb[] = [];
