import type { Version } from './types.ts';

export type Move = Version['moves'][number];

interface MoveWords {
  readonly label: string;
  /** What it does, said beside the button and before it is done. */
  readonly consequence: string;
  /** Asked first: callers feel it. */
  readonly confirm: boolean;
  /** Cannot be taken back: the version's name must be typed. */
  readonly final: boolean;
  readonly permission: 'apis.write' | 'apis.publish';
}

/** Every move of a version's life, in words. Which may be made is told by the server. */
export const MOVES: Readonly<Record<Move, MoveWords>> = {
  publish: {
    label: 'Publish',
    consequence: 'Subscribed applications can call it within a second.',
    confirm: false,
    final: false,
    permission: 'apis.publish',
  },
  submit: {
    label: 'Submit for review',
    consequence: 'Those who may publish are told. It cannot be changed meanwhile.',
    confirm: false,
    final: false,
    permission: 'apis.write',
  },
  withdraw: {
    label: 'Withdraw from review',
    consequence: 'It becomes a draft again, which can be changed.',
    confirm: false,
    final: false,
    permission: 'apis.write',
  },
  deprecate: {
    label: 'Deprecate',
    consequence:
      'It goes on answering, but every answer says that it will end, and everybody who is subscribed is told. You can take it back.',
    confirm: true,
    final: false,
    permission: 'apis.publish',
  },
  restore: {
    label: 'Take the deprecation back',
    consequence: 'It is published as before, and its announced end is dropped.',
    confirm: false,
    final: false,
    permission: 'apis.publish',
  },
  retire: {
    label: 'Retire',
    consequence:
      'Every call to it is refused from now on, for good. Everybody who is subscribed is told. It cannot be taken back.',
    confirm: true,
    final: true,
    permission: 'apis.publish',
  },
};
