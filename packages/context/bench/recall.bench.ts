/**
 * Prints how many of forty facts, told early in a talk of 500 turns, are in what each strategy sends when they are asked for, and the
 * tokens of such a call (docs/context-protocol.md, section 12): `npm run bench -- recall`.
 */
import { memory } from '@parley/testkit/simulator/core/summarising';
import { STRATEGY_NAMES } from '../src/strategies/table.ts';
import { longTalk } from '../test/long-talk.ts';
import { recallOf, rolledUp } from '../test/recall.ts';

const talk = longTalk();
const percent = (share: number): string => `${Math.round(share * 100)} %`;
for (const window of [4000, 8000, 16_000]) {
  for (const strategy of STRATEGY_NAMES.filter((name) => name !== 'none')) {
    const rolled = rolledUp(talk, window, { make: (question) => memory(question) ?? '', tokens: 1000 });
    const summary = strategy === 'summarise' ? rolled.summary : null;
    const began = performance.now();
    const { found, tokens, allTokens } = recallOf(talk, strategy, window, { summary });
    const ms = ((performance.now() - began) / 40).toFixed(1);
    const kinds = `same ${percent(found.same)}, near ${percent(found.near)}, other ${percent(found.other)}`;
    const saved = percent(1 - tokens / allTokens);
    console.log(
      `window ${window} ${strategy}: ${percent(found.all)} (${kinds}); ${tokens} of ${allTokens} tokens, ${saved} saved; ${ms} ms a call${summary === null ? '' : `; ${rolled.made} summaries made`}`,
    );
  }
}
