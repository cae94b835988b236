/** Prints recall and false alarms by class: `node bench/quality.bench.ts [dev|second|blind|unseen|readmes] [--wrong]`. */
import {
  type Measured,
  measureFalseAlarms,
  measureInjection,
  measureRecall,
  ordinaryTexts,
  readmeParagraphs,
  type TextSet,
} from './measure.ts';

const set: TextSet = (['dev', 'second', 'blind'] as const).find((name) => process.argv.includes(name)) ?? 'unseen';
const showWrong = process.argv.includes('--wrong');
const print = (line: string) => process.stdout.write(`${line}\n`);

function table(title: string, rows: readonly Measured[], share: (row: Measured) => string): void {
  print(`\n${title}`);
  for (const row of rows) {
    print(`  ${row.what.padEnd(24)} ${String(row.found).padStart(4)} / ${String(row.of).padEnd(4)} ${share(row)}`);
    if (showWrong) for (const text of row.wrong.slice(0, 40)) print(`      ${JSON.stringify(text).slice(0, 160)}`);
  }
}

const percent = ({ found, of }: Measured) => `${((100 * found) / of).toFixed(1)} %`;
if (process.argv.includes('readmes')) {
  const paragraphs = readmeParagraphs();
  table(`Found in ${paragraphs.length} paragraphs of READMEs`, measureFalseAlarms(paragraphs), percent);
} else {
  table(`Found (${set})`, set === 'unseen' ? measureInjection(set) : measureRecall(set, 300), percent);
  table(
    `False alarms in ${ordinaryTexts(set).length} ordinary texts (${set})`,
    measureFalseAlarms(ordinaryTexts(set)),
    percent,
  );
}
