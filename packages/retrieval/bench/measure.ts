import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunked } from '../src/chunk/chunk.ts';
import { CollectionIndex, indexedText, type Mode, type Passage } from '../src/collection-index.ts';
import { offlineVector } from '../src/offline.ts';

const here = import.meta.dirname;

interface Asked {
  readonly set: 'dev' | 'test';
  readonly kind: 'same' | 'other' | 'misspelt';
  readonly question: string;
  /** How much each section helps: 2 answers, 1 is of use. */
  readonly grades: ReadonlyMap<string, number>;
}

interface Section extends Passage {
  readonly name: string;
}

/** Every section of the corpus as the product cuts it. */
export function readCorpus(): Section[] {
  const folder = join(here, 'corpus');
  return readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return chunked(source, 'markdown').map(({ text, headings }) => ({
      text,
      headings,
      metadata: {},
      name: `${file.replace('.md', '')}#${headings.at(-1)}`,
    }));
  });
}

export function readQuestions(): Asked[] {
  const lines = readFileSync(join(here, 'questions.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [set, kind, question = '', answer = '', more = ''] = line.split('|').map((part) => part.trim());
      const grades = new Map<string, number>(
        more.split(';').flatMap((name) => (name.trim() === '' ? [] : [[name.trim(), 1] as const])),
      );
      grades.set(answer, 2);
      return { set: set as Asked['set'], kind: kind as Asked['kind'], question, grades };
    });
}

export interface Quality {
  readonly questions: number;
  /** Share of questions whose answering section is among the first five. */
  readonly recallAt5: number;
  /** Normalised discounted cumulative gain of the first ten, with gains 2^grade - 1. */
  readonly ndcgAt10: number;
  /** Questions whose answer is not among the first five. */
  readonly missed: readonly string[];
}

const gain = (grade: number, rank: number): number => (2 ** grade - 1) / Math.log2(rank + 2);

function ndcg(found: readonly string[], grades: ReadonlyMap<string, number>): number {
  const got = found.reduce((sum, name, rank) => sum + gain(grades.get(name) ?? 0, rank), 0);
  const ideal = [...grades.values()].sort((a, b) => b - a).reduce((sum, grade, rank) => sum + gain(grade, rank), 0);
  return got / ideal;
}

/** What a way of searching finds of the questions. */
export function measure(mode: Mode, questions: readonly Asked[]): Quality {
  const corpus = readCorpus();
  const index = new CollectionIndex<Section>(1024, corpus.length);
  for (const section of corpus) index.add(section, offlineVector(indexedText(section)));
  const missed: string[] = [];
  let gained = 0;
  for (const { question, grades } of questions) {
    const vector = offlineVector(question);
    const names = index.search({ text: question, vector, mode, most: 10 }).map(({ passage }) => passage.name);
    if (!names.slice(0, 5).some((name) => grades.get(name) === 2)) missed.push(question);
    gained += ndcg(names, grades);
  }
  const count = questions.length;
  return { questions: count, recallAt5: (count - missed.length) / count, ndcgAt10: gained / count, missed };
}
