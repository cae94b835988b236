import { expect, it } from 'vitest';
import { estimateInputTokens } from './estimate.ts';

/** 100,000 bytes: a picture of 782 tokens, two pages, 1,568 tokens of sound. */
const DATA = 'A'.repeat(133_336);
const says = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const NOTHING = estimateInputTokens(says([]));
const beyond = (body: Record<string, unknown>): number => estimateInputTokens(body) - NOTHING;

it.each([
  [
    'OpenAI, a picture in the call',
    says([{ type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }]),
    782,
  ],
  ['OpenAI, a picture elsewhere', says([{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]), 1568],
  ['OpenAI, sound', says([{ type: 'input_audio', input_audio: { data: DATA, format: 'mp3' } }]), 1568],
  [
    'OpenAI, a file',
    says([{ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${DATA}` } }]),
    6000,
  ],
  [
    'Responses, a picture',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:image/png;base64,${DATA}` }] }] },
    782,
  ],
  [
    'Anthropic, a picture',
    says([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } }]),
    782,
  ],
  [
    'Anthropic, a picture elsewhere',
    says([{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }]),
    1568,
  ],
  [
    'Anthropic, a document',
    says([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: DATA } }]),
    6000,
  ],
  [
    'Gemini, a picture',
    { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: DATA } }] }] },
    782,
  ],
  [
    'Gemini, a film elsewhere',
    { contents: [{ role: 'user', parts: [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://a' } }] }] },
    1568,
  ],
])('counts media by their size: %s', (_name, body, tokens) => {
  // The role is a word itself.
  expect(beyond(body)).toBeGreaterThanOrEqual(tokens - 2);
  expect(beyond(body)).toBeLessThanOrEqual(tokens + 2);
});

it('counts a plain text document as the text it is, and what no model reads as nothing', () => {
  const text = 'Twelve quick foxes jump over a lazy dog. '.repeat(50);
  const document = says([{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: text } }]);
  expect(beyond(document)).toBe(beyond(says(text)));
  expect(beyond(says([{ type: 'thinking', signature: 'c2lnbmVk'.repeat(500) }]))).toBeLessThan(10);
});
