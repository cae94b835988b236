import type { Id } from '@parley/kernel/id';

export interface Event {
  readonly id: Id;
}
