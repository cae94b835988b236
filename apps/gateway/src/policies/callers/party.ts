import type { Method } from './method.ts';

/** Party tokens: found before all methods (`orParty`), so that here is only what a challenge says of them. */
export const PARTY_METHOD: Method = {
  scheme: 'Bearer',
  parameters: ['token="party"'],
  headers: [],
  query: [],
  find: () => null,
};
