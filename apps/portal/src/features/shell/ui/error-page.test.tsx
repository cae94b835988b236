import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ErrorWords } from './error-words.tsx';
import { NotFoundHere, NotFoundPage } from './not-found-page.tsx';
import { themeIn } from './theme.ts';

it('says what to do and which number to name, where there is one, outside of the application’s providers', () => {
  const html = renderToStaticMarkup(<ErrorWords digest="12345">act</ErrorWords>);
  expect(html).toContain('role="alert"');
  expect(html).toContain('This page could not be shown');
  expect(html).toContain('>12345<');
  expect(html).toContain('aria-label="Copy the number"');
  expect(renderToStaticMarkup(<ErrorWords digest={undefined}>act</ErrorWords>)).not.toContain('tell whoever');
});

it('leads on from an address without anything, with one heading and one main part at most', () => {
  for (const page of [<NotFoundPage key="a" />, <NotFoundHere key="b" />]) {
    const html = renderToStaticMarkup(page);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('href="/open"');
  }
  // Within the application there is a main part already.
  expect(renderToStaticMarkup(<NotFoundHere />)).not.toContain('<main');
});

it('takes the theme from the cookies of a page that lost everything else', () => {
  expect(themeIn('a=b; parley-theme=dark')).toBe('dark');
  expect(themeIn('parley-theme=light; a=b')).toBe('light');
  expect(themeIn('x-parley-theme=dark; parley-theme=')).toBeUndefined();
});
