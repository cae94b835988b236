import type { MediaSource } from '../../neutral/call.ts';

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*);base64,/i;

/** A URL, or what a data URL holds. */
export function mediaSource(url: string): MediaSource {
  const head = DATA_URL.exec(url.slice(0, 200));
  if (!head) return { kind: 'url', url };
  const mediaType = head[1]?.toLowerCase() || 'application/octet-stream';
  return { kind: 'data', mediaType, data: url.slice(head[0].length) };
}
