/** A call to an upstream that is under way, as the rest of the gateway may steer it. */
export interface RunningCall {
  /** The client has gone; true where the call ends by itself, later. */
  takesLeave?(): boolean;
  pause(): void;
  resume(): void;
  /** Ends the call from our side, silently. */
  abort(): void;
}
