import type { Exchange, Placed } from './arrange.ts';
import type { Loss, Part, Tool } from './call.ts';

/** More marks than this Anthropic refuses. */
const MAX_MARKS = 4;

function markOf(part: Part): boolean {
  return 'cache' in part && part.cache !== undefined;
}

function without(placed: Placed): Placed {
  const { cache: _cache, ...part } = placed.part as Extract<Part, { kind: 'text' }>;
  return { path: placed.path, part };
}

/**
 * Keeps the last four cache marks of a call, in the order a prompt is cached (tools, instructions, messages): the longest
 * beginnings, which hold those of the earlier marks.
 */
export function boundMarks(
  call: {
    readonly tools: readonly Tool[];
    readonly system: readonly Placed[];
    readonly exchanges: readonly Exchange[];
  },
  losses: Loss[],
): { readonly tools: readonly Tool[]; readonly system: readonly Placed[] } {
  const inTools = call.tools.filter((tool) => tool.kind === 'function' && tool.cache !== undefined).length;
  const inSystem = call.system.filter(({ part }) => markOf(part)).length;
  let inMessages = 0;
  for (const { parts } of call.exchanges) for (const { part } of parts) if (markOf(part)) inMessages++;
  let tooMany = inTools + inSystem + inMessages - MAX_MARKS;
  if (tooMany <= 0) return call;
  const drop = (path: string): void => {
    tooMany--;
    losses.push({
      path: `${path}.cache_control`,
      why: 'only four parts can be marked for the cache',
      essential: false,
    });
  };
  const tools = call.tools.map((tool, i): Tool => {
    if (tooMany <= 0 || tool.kind !== 'function' || tool.cache === undefined) return tool;
    drop(`tools[${i}]`);
    const { cache: _cache, ...rest } = tool;
    return rest;
  });
  const unmark = (placed: Placed): Placed => {
    if (tooMany <= 0 || !markOf(placed.part)) return placed;
    drop(placed.path);
    return without(placed);
  };
  const system = call.system.map(unmark);
  for (const exchange of call.exchanges) exchange.parts = exchange.parts.map(unmark);
  return { tools, system };
}
