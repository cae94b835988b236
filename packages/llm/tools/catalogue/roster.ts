import { bareName, undatedName } from '../../src/catalogue/names.ts';
import { MAKERS, type Maker } from './makers.ts';
import type { Statement } from './records.ts';

/** One model of the catalogue to be, with all that is said about it. */
export interface Candidate {
  readonly key: string;
  readonly maker: Maker;
  readonly statements: readonly Statement[];
}

/** Offers of other kinds than the plain one: free tiers, batches, thinking switched on. */
const VARIANT = /:(free|thinking|batch|extended|beta|nitro|floor|online)$/;

/**
 * Which models are worth a line, and which statements are about the same one. A model is what its maker sells itself, or what
 * OpenRouter files under its maker; a dated snapshot is its own model only where its maker prices it apart.
 */
export function rosterOf(statements: readonly Statement[]): Candidate[] {
  const makers = new Map<string, Maker>();
  const keys = new Map<string, string>();
  const enter = (statement: Statement, maker: Maker): void => {
    const bare = bareName(statement.name);
    const undated = undatedName(statement.name);
    const own = statement.source === '@pydantic/genai-prices' && keys.get(undated) === undated && !makers.has(bare);
    const key = keys.get(bare) ?? (own ? bare : (keys.get(undated) ?? undated));
    if (key === '' || maker.leaveOut?.test(key)) return;
    if (!makers.has(key)) makers.set(key, maker);
    keys.set(key, key);
    // What the maker prices alike is one model, whatever else it is called.
    if (statement.source !== '@pydantic/genai-prices' || !statement.byMaker) return;
    for (const alias of statement.aliases) if (!keys.has(bareName(alias))) keys.set(bareName(alias), key);
  };
  for (const statement of inOrder(statements)) {
    const maker = makerOf(statement);
    if (maker && !VARIANT.test(statement.name)) enter(statement, maker);
  }

  const found = new Map<string, Statement[]>();
  for (const statement of statements) {
    if (VARIANT.test(statement.name)) continue;
    const key = keys.get(bareName(statement.name)) ?? keys.get(undatedName(statement.name));
    if (key) found.set(key, [...(found.get(key) ?? []), statement]);
  }
  return [...makers].map(([key, maker]) => ({ key, maker, statements: found.get(key) ?? [] }));
}

/** Those who price their own models first, undated names before dated ones; then by name, for the same result every time. */
function inOrder(statements: readonly Statement[]): Statement[] {
  const rank = (one: Statement): number =>
    (one.source === '@pydantic/genai-prices' ? (one.byMaker ? 0 : 2) : 1) * 2 +
    (bareName(one.name) === undatedName(one.name) ? 0 : 1);
  return [...statements].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function makerOf(statement: Statement): Maker | undefined {
  if (statement.provider === 'openrouter' && statement.source === '@pydantic/genai-prices') {
    const [folder = '', name] = statement.name.split('/');
    return name ? MAKERS.find((maker) => maker.router.includes(folder)) : undefined;
  }
  if (!statement.byMaker || statement.provider === 'vertex') return undefined;
  // Only lists kept up to date decide what there is; the older ones only say more about it.
  if (!['@pydantic/genai-prices', 'llm-zoo', '@mastra/core'].includes(statement.source)) return undefined;
  return MAKERS.find((maker) => maker.own.includes(statement.provider ?? ''));
}
