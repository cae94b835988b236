/** The inside of a regex class from hexadecimal code points and ranges: `200b-200f feff`. */
export const rangesClass = (ranges: string): string =>
  ranges
    .split(' ')
    .map((range) =>
      range
        .split('-')
        .map((code) => `\\u${code.padStart(4, '0')}`)
        .join('-'),
    )
    .join('');
