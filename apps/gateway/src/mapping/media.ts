const JSON_TYPE = /^application\/(?:[\w.+-]{1,80}\+)?json\s*(?:;|$)/i;
const XML_TYPE = /^(?:application\/(?:[\w.+-]{1,80}\+)?xml|text\/xml)\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w.-]{1,40})/i;

export type Format = 'json' | 'xml';

/** Whether a media type is of a format: `application/json`, `application/problem+json`; `text/xml` and the like. */
export function isFormat(contentType: string, format: Format): boolean {
  return (format === 'json' ? JSON_TYPE : XML_TYPE).test(contentType);
}

/** What a media type says of the character set; empty when it says nothing. */
export function charsetOf(contentType: string): string {
  return CHARSET.exec(contentType)?.[1] ?? '';
}

/** The media type of what comes of a body: its own where the format stays, without parameters, for we write UTF-8. */
export function typeAfter(contentType: string, from: Format, to: Format): string {
  return from === to ? (contentType.split(';', 1)[0] ?? '').trim() : `application/${to}`;
}
