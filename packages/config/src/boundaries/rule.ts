import type { Project } from './project.ts';

/** One broken rule: where, towards what, and the sentence that says how to put it right. */
export interface Violation {
  readonly rule: string;
  /** `path:line`, or a path where a whole file or folder is meant. */
  readonly from: string;
  readonly to: string;
  readonly fix: string;
}

export type Rule = (project: Project) => readonly Violation[];
