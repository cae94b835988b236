/**
 * Trains the linear model of injection: `node bench/train.bench.ts [--without second]`, which
 * leaves a set out to try settings on it. Logistic regression by AdaGrad on hashed
 * features; of each text the window that shows most of an attack is what it learns from. The seed makes the same weights
 * every time.
 */
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { plain, unmixScripts } from '../src/injection/characters.ts';
import { BUCKETS, featuresOf, PER_TOKEN } from '../src/injection/features.ts';
import { bestWindow } from '../src/injection/model.ts';
import { pick, type Random, seeded } from './positives.ts';
import { dataLines, expand, type Template, template } from './templates.ts';

const EPOCHS = 40;
const RATE = 0.2;
const DECAY = 2e-6;
/** Share of features that are left out at random, so that no single one decides. */
const DROPPED = 0.3;
const SAMPLES = 16;
const PLAIN_SAMPLES = 5;

interface Source {
  readonly pieces: Template;
  readonly times: number;
}
interface Corpus {
  readonly attacks: readonly Source[];
  readonly ordinary: readonly Source[];
}

const without = process.argv.includes('--without') ? process.argv[process.argv.indexOf('--without') + 1] : undefined;
const SETS = ['train', 'dev', 'second'].filter((set) => set !== without);

const source = (line: string, fixed: boolean): Source => {
  const pieces = fixed ? [[line.replaceAll('\\n', '\n')]] : template(line);
  const varied = pieces.some((choices) => choices.length > 1);
  return { pieces, times: varied ? SAMPLES : PLAIN_SAMPLES };
};

/** What a head learns from: texts of callers, and for documents those of both. */
function corpus(trusted: boolean): Corpus {
  const attacks = SETS.flatMap((set) =>
    dataLines(`injection-${set}`)
      .filter((line) => !trusted || line.startsWith('U'))
      .map((line) => source(line.slice(2), set !== 'train')),
  );
  const ordinary = SETS.flatMap((set) => dataLines(`ordinary-${set}`).map((line) => source(line, set !== 'train')));
  return { attacks, ordinary };
}

/** Some texts stand among others, as they do in life. */
function surrounded(random: Random, text: string, ordinary: readonly Source[]): string {
  const other = () => expand(random, pick(random, ordinary).pieces);
  const chance = random();
  if (chance < 0.6) return text;
  if (chance < 0.75) return `${other()} ${text}`;
  return chance < 0.87 ? `${text} ${other()}` : `${other()}\n${text}\n${other()}`;
}

function shuffled<Item>(random: Random, items: Item[]): Item[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const held = items[index] as Item;
    items[index] = items[other] as Item;
    items[other] = held;
  }
  return items;
}

function train(trusted: boolean): { weights: Float32Array; bias: number } {
  const random = seeded(trusted ? 7 : 8);
  const { attacks, ordinary } = corpus(trusted);
  const weights = new Float32Array(BUCKETS);
  const squares = new Float32Array(BUCKETS).fill(1e-3);
  let bias = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const texts: [string, number][] = [];
    for (const { pieces, times } of attacks) {
      for (let n = 0; n < times; n++) texts.push([surrounded(random, expand(random, pieces), ordinary), 1]);
    }
    for (const { pieces, times } of ordinary) {
      for (let n = 0; n < times; n++) texts.push([expand(random, pieces), 0]);
    }
    for (const [text, label] of shuffled(random, texts)) {
      const features = featuresOf(unmixScripts(plain(text)));
      const { from, to, value } = bestWindow(features, weights);
      const error = 1 / (1 + Math.exp(-(value + bias))) - label;
      bias -= RATE * 0.02 * error;
      const step = error / Math.sqrt(Math.max(6, to - from));
      for (let at = from * PER_TOKEN; at < to * PER_TOKEN; at++) {
        if (random() < DROPPED) continue;
        const bucket = features.buckets[at] as number;
        const gradient = step + DECAY * (weights[bucket] as number);
        const square = (squares[bucket] as number) + gradient * gradient;
        squares[bucket] = square;
        weights[bucket] = (weights[bucket] as number) - (RATE * gradient) / Math.sqrt(square);
      }
    }
  }
  return { weights, bias };
}

/** Most steps that a weight is of; small ones become nothing, so that the table packs well. */
const STEPS = 4;

function packed({ weights, bias }: ReturnType<typeof train>): { text: string; scale: number; bias: number } {
  // The few largest are cut, so that small ones keep their digits.
  const sizes = Array.from(weights, Math.abs).toSorted((one, other) => other - one);
  const scale = (sizes[Math.floor(BUCKETS / 1000)] ?? 1) / STEPS;
  const bytes = Int8Array.from(weights, (weight) => Math.max(-STEPS, Math.min(STEPS, Math.round(weight / scale))));
  return { text: deflateRawSync(bytes, { level: 9 }).toString('base64'), scale, bias };
}

const [trusted, untrusted] = [packed(train(true)), packed(train(false))];
const out = new URL('../src/injection/model-weights.ts', import.meta.url);
writeFileSync(
  out,
  `/** Written by \`bench/train.bench.ts\`: a signed byte for each bucket, deflated, in base64. */
export const WEIGHTS = {
  trusted:
    '${trusted.text}',
  untrusted:
    '${untrusted.text}',
} as const;
export const SCALES = { trusted: ${trusted.scale.toPrecision(6)}, untrusted: ${untrusted.scale.toPrecision(6)} } as const;
export const BIASES = { trusted: ${trusted.bias.toFixed(5)}, untrusted: ${untrusted.bias.toFixed(5)} } as const;
`,
);
