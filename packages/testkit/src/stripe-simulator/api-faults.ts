/** What goes wrong with the next calls of the API that it suits. */
export type ApiFault =
  | 'rateLimit'
  | 'serverError'
  /** The call is carried out, and its answer is lost on the way. */
  | 'answerLost'
  /** The connection breaks before anything is done. */
  | 'unreachable';

export class ApiFaults {
  readonly #planned: { fault: ApiFault; path: RegExp; left: number }[] = [];

  /** Plays a fault on the next calls of a path. */
  plan(fault: ApiFault, given: { path?: RegExp; times?: number } = {}): void {
    this.#planned.push({ fault, path: given.path ?? /./, left: given.times ?? 1 });
  }

  next(call: string): ApiFault | null {
    const found = this.#planned.find((one) => one.left > 0 && one.path.test(call));
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
