/** What usage can be split by: the column of events and rollups that holds it, and its type. */
export const DIMENSIONS = {
  api: 'api_id',
  apiVersion: 'api_version_id',
  application: 'application_id',
  key: 'key_id',
  plan: 'plan_id',
  model: 'model',
  consumer: 'consumer_tenant_id',
  publisher: 'tenant_id',
} as const;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]];

/** How rollups write that a call has no such thing; the key of the group of those calls is an empty text. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';
