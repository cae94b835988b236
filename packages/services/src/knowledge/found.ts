import type { Passage } from '@parley/retrieval/collection-index';
import type { Filter } from '@parley/retrieval/filter';

/** A passage as it is found: of which document, and where in it. */
export interface FoundPassage extends Passage {
  readonly documentId: string;
  readonly title: string;
  readonly sourceUrl: string | null;
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export interface KnowledgeQuestion {
  readonly text: string;
  readonly mode: 'lexical' | 'vector' | 'hybrid';
  readonly limit: number;
  readonly filter: Filter;
}

export interface KnowledgeAnswer {
  readonly found: readonly (FoundPassage & { readonly score: number })[];
  /** How it was searched: `lexical` where vectors were asked for and could not be had. */
  readonly mode: 'lexical' | 'vector' | 'hybrid';
  /** Why it was not searched by vectors; empty where it was, or was not to be. */
  readonly note: string;
  /** Answered from what was asked before. */
  readonly cached: boolean;
}
