/** A call to an upstream that is under way, as the rest of the gateway may steer it. */
export interface RunningCall {
  pause(): void;
  resume(): void;
  /** Ends the call from our side, silently. */
  abort(): void;
}
