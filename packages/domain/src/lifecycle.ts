/** A state machine as a table: from each state, the moves that may be made and where they lead. */
export type Lifecycle<State extends string, Move extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Move, State>>>>
>;

/** Where a move leads, or `null` when it may not be made from this state. */
export function moveTo<State extends string, Move extends string>(
  lifecycle: Lifecycle<State, Move>,
  from: State,
  move: Move,
): State | null {
  return lifecycle[from][move] ?? null;
}

/** Moves that may be made from a state, in the table's order. */
export function movesFrom<State extends string, Move extends string>(
  lifecycle: Lifecycle<State, Move>,
  from: State,
): Move[] {
  return Object.keys(lifecycle[from]) as Move[];
}
