import { measure, readCorpus, readQuestions } from './measure.ts';

/** Prints what each way of searching finds; `dev` as argument prints what is missed of the questions made to work with. Run by hand. */
const all = readQuestions();
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
say(`${readCorpus().length} sections, ${all.length} questions`);
for (const set of ['dev', 'test'] as const) {
  for (const kind of ['same', 'other', 'misspelt', null] as const) {
    const questions = all.filter((asked) => asked.set === set && (kind === null || asked.kind === kind));
    for (const mode of ['lexical', 'vector', 'hybrid'] as const) {
      const { recallAt5, ndcgAt10, missed } = measure(mode, questions);
      const figures = `recall@5 ${recallAt5.toFixed(3)}  nDCG@10 ${ndcgAt10.toFixed(3)}`;
      say(
        `${set.padEnd(5)}${(kind ?? 'all').padEnd(9)}${mode.padEnd(8)} ${String(questions.length).padStart(3)}  ${figures}`,
      );
      if (set === 'dev' && kind === null && process.argv.includes('dev')) for (const one of missed) say(`      ${one}`);
    }
  }
}
