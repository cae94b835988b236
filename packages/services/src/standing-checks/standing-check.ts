/**
 * What must always hold between what gateways did, what was stored and what is added up. Each is one statement, so it sees
 * one state of the database; it returns a row for each place where that does not hold: `tenant_id`, `subject` (names the
 * place, the same each time), `detail` (what differs), `about` (the time it is about, or null). `$1`: times to look at begin
 * here; checks of all times take it as well.
 */
export interface StandingCheck {
  readonly name: string;
  /** What holds, as people read it. */
  readonly title: string;
  /** What it would mean if it did not. */
  readonly meaning: string;
  /** About the installation and no tenant: only how many rows there are is shown. */
  readonly shared?: true;
  readonly sql: string;
  /** Puts right what can be, after it has been reported. */
  readonly mend?: string;
}
