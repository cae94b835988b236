import type { Call, MediaSource, Part, ToolResultPart } from './call.ts';

/** Media as fetched. */
export interface FetchedMedia {
  readonly mediaType: string;
  /** Base64. */
  readonly data: string;
}

function urlsOf(part: Part, wanted: (url: string) => boolean, into: Set<string>): void {
  if (part.kind === 'tool_result') for (const piece of part.parts) urlsOf(piece, wanted, into);
  if (!('source' in part) || part.source.kind !== 'url') return;
  const { url } = part.source;
  if (/^https?:/i.test(url) && wanted(url)) into.add(url);
}

/** URLs of media in a call that are wanted, each once and in order. */
export function mediaUrls(call: Call, wanted: (url: string) => boolean): readonly string[] {
  const urls = new Set<string>();
  for (const turn of call.turns) for (const part of turn.parts) urlsOf(part, wanted, urls);
  return [...urls];
}

function inPlace<T extends Part>(part: T, fetched: ReadonlyMap<string, FetchedMedia>): T {
  if (part.kind === 'tool_result') {
    const result: ToolResultPart = { ...part, parts: part.parts.map((piece) => inPlace(piece, fetched)) };
    return result as T;
  }
  if (!('source' in part) || part.source.kind !== 'url') return part;
  const media = fetched.get(part.source.url);
  if (media === undefined) return part;
  const source: MediaSource = { kind: 'data', mediaType: media.mediaType, data: media.data };
  return { ...part, source };
}

/** The call with what was fetched in the place of its URLs; others stay. */
export function withMedia(call: Call, fetched: ReadonlyMap<string, FetchedMedia>): Call {
  if (fetched.size === 0) return call;
  return {
    ...call,
    turns: call.turns.map((turn) => ({ ...turn, parts: turn.parts.map((part) => inPlace(part, fetched)) })),
  };
}
