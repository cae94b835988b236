import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Markdown } from './markdown.tsx';

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

test('markup and unsafe addresses show as text and never become elements', () => {
  const shown = html(
    '<script>alert(1)</script> [x](javascript:alert(1)) [y](//evil.test) <img src=x onerror=alert(1)>',
  );
  expect(shown).not.toMatch(/<script|<img|<a /);
  expect(shown).toContain('&lt;script&gt;');
});

test('headings, lists, tables, code and links become what they are', () => {
  const shown = html(
    '# Title\n\nSome **bold** and `code` in\none paragraph.\n\n- a\n- b\n\n1. first\n\n| model | can |\n|---|---|\n| `m` | a \\| b |\n\n```\nx < y\n```\n[docs](https://example.test)',
  );
  for (const part of [
    '<h3',
    '<strong>bold</strong>',
    '>code</code> in one paragraph.',
    '<ul',
    '<ol',
    '<table',
    'a | b',
    'x &lt; y',
  ]) {
    expect(shown).toContain(part);
  }
  expect(shown).toMatch(/<a href="https:\/\/example\.test" rel="noopener noreferrer nofollow"/);
});

test('text that is no Markdown, or an unclosed block, ends and keeps its words', () => {
  for (const text of ['```\nnever closed', '|', '| a |\n|---|', '#', '* ', '> ', '**', '[](', '\n\n', '']) {
    expect(html(text)).toContain('<div');
  }
  expect(html('```\nnever closed')).toContain('never closed');
});
