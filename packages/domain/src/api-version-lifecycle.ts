import type { Lifecycle } from './lifecycle.ts';

export const API_VERSION_STATES = ['draft', 'review', 'published', 'deprecated', 'retired'] as const;
export type ApiVersionState = (typeof API_VERSION_STATES)[number];
export type ApiVersionMove = 'submit' | 'withdraw' | 'publish' | 'deprecate' | 'restore' | 'retire';

/** Kept in step with `check_api_version_move` in the database. */
export const API_VERSION_LIFECYCLE: Lifecycle<ApiVersionState, ApiVersionMove> = {
  draft: { submit: 'review', publish: 'published' },
  review: { withdraw: 'draft', publish: 'published' },
  published: { deprecate: 'deprecated', retire: 'retired' },
  deprecated: { restore: 'published', retire: 'retired' },
  retired: {},
};
