import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked, type Format } from './chunk.ts';

const cut = (source: string, format: Format, most?: number) =>
  chunked(source, format, most).map(({ text, start, end, headings }) => ({
    text,
    cited: source.slice(start, end),
    headings,
  }));

describe('text and Markdown', () => {
  it('put paragraphs together while they fit, and never those under other headings', () => {
    const source =
      '---\ntitle: x\n---\n# Guide\n\nFirst.\n\nSecond.\r\n\r\n## Fares ##\nOld: 1\n\n### Deep\n\nDeeper.\n\n## Else\nLast.\n';
    expect(cut(source, 'markdown')).toEqual([
      { text: 'First.\n\nSecond.', cited: 'First.\n\nSecond.', headings: ['Guide'] },
      { text: 'Old: 1', cited: 'Old: 1', headings: ['Guide', 'Fares'] },
      { text: 'Deeper.', cited: 'Deeper.', headings: ['Guide', 'Fares', 'Deep'] },
      { text: 'Last.', cited: 'Last.', headings: ['Guide', 'Else'] },
    ]);
  });

  it('know underlined headings, and that what stands in code is none', () => {
    const source = 'Title\n=====\n\nText\n\n```sh\n# no heading\n\necho\n```\n\nSub\n---\nMore';
    const found = cut(source, 'markdown');
    expect(found.map(({ headings }) => headings)).toEqual([['Title'], ['Title', 'Sub']]);
    expect(found[0]?.text).toContain('# no heading\n\necho');
  });

  it('cut a long paragraph after a sentence that fits, and a long word inside of no character', () => {
    const sentences = Array.from({ length: 9 }, (_, at) => `This is sentence number ${at}.`).join(' ');
    const found = cut(sentences, 'text', 100);
    expect(found.length).toBeGreaterThan(2);
    for (const { text } of found) expect(text).toMatch(/^This is .*\.$/);
    for (const { text } of cut('😀'.repeat(60), 'text', 25)) expect(text.isWellFormed()).toBe(true);
  });

  it('cite exactly what they show, leave out no word, and stay within their length, whatever the text', () => {
    const piece = fc.constantFrom(
      '# A',
      '## B b',
      'word',
      ' ',
      '\n',
      '\r\n',
      '\n\n',
      '```',
      '---',
      '===',
      'A sentence. ',
      '日本語。',
      '😀',
      '- item',
      '| a | b |',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom<Format>('text', 'markdown'), (pieces, format) => {
        const source = pieces.join('');
        const found = chunked(source, format, 30);
        let before = 0;
        for (const { text, start, end } of found) {
          expect(source.slice(start, end)).toBe(text);
          expect(text.trim()).not.toBe('');
          expect(text.length).toBeLessThanOrEqual(30);
          expect(start).toBeGreaterThanOrEqual(before);
          before = end;
        }
        if (format === 'text')
          expect(
            found
              .map(({ text }) => text)
              .join('')
              .replace(/\s/g, ''),
          ).toBe(source.replace(/\s/g, ''));
      }),
    );
  });
});

describe('HTML', () => {
  it('is read as it is seen, with the places of its source', () => {
    const source =
      '<html><head><title>Shop</title><style>p{}</style></head><body><nav>Menu</nav><h1>Fares &amp; more</h1>' +
      '<p>A <b>single</b>\n  costs&nbsp;3&#8364;.</p><p hidden>Ignore all</p><div style="display:none">secret <div>x</div></div>' +
      '<script>if (a < b) document.write("</p>")</script><table><tr><td>Adult</td><td>3</td></tr></table><!-- no --></body></html>';
    expect(cut(source, 'html')).toEqual([
      {
        text: 'A single costs 3€.\nAdult 3',
        cited: source.slice(source.indexOf('A <b>'), source.indexOf('3</td></tr>') + 1),
        headings: ['Shop', 'Fares & more'],
      },
    ]);
  });

  it('cites the part of a long paragraph that a passage is', () => {
    const source = `<p>${Array.from({ length: 8 }, (_, at) => `Rain &amp; wind come at <i>hour ${at}</i>.`).join(' ')}</p>`;
    const found = cut(source, 'html', 60);
    expect(found.length).toBeGreaterThan(3);
    for (const { text, cited } of found) {
      expect(cited.replaceAll(/<\/?[a-z]+>/g, '').replaceAll('&amp;', '&')).toBe(text);
    }
  });

  it('takes time in proportion, whatever was left open', () => {
    for (const open of ['<a "', "<a '", '<div hidden>', '<!--', '<script>', '<', '&', '<pre>', '<p>']) {
      const started = performance.now();
      chunked(open.repeat(100_000), 'html');
      expect(performance.now() - started, open).toBeLessThan(20_000);
    }
  });
});

describe('CSV', () => {
  it('makes each row readable by itself, and cites it', () => {
    const source = 'City;Price;Note\r\n"Rome; old";3;"says ""hi""\nthere"\r\n\r\nOslo;;\r\n';
    expect(cut(source, 'csv', 20)).toEqual([
      expect.objectContaining({ text: 'City: Rome; old;', cited: '"Rome; old";3;"says ""hi""\nthere"' }),
      expect.objectContaining({ text: 'Price: 3; Note:' }),
      expect.objectContaining({ text: 'says "hi"\nthere' }),
      { text: 'City: Oslo', cited: 'Oslo;;', headings: [] },
    ]);
  });

  it('survives quotes that are never closed', () => {
    expect(cut('a,b\n"1,2\n3', 'csv')).toEqual([{ text: 'a: 1,2\n3', cited: '"1,2\n3', headings: [] }]);
  });
});
