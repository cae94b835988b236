import { expect, test } from 'vitest';
import { toCsv } from './table-csv.ts';

test('a CSV quotes what needs it and lets no cell become a formula', () => {
  const columns = [
    { key: 'name', header: 'Name', cell: () => null, sortValue: (row: { name: string }) => row.name },
    { key: 'action', header: 'Action', cell: () => null },
    { key: 'length', header: 'Length', cell: () => null, csvValue: (row: { name: string }) => -row.name.length },
  ];
  const rows = [{ name: 'plain' }, { name: 'a "b", c' }, { name: '=HYPERLINK("x")' }, { name: '-1+1' }];
  expect(toCsv(columns, rows).split('\r\n')).toEqual([
    'Name,Length',
    'plain,-5',
    '"a ""b"", c",-8',
    '"\'=HYPERLINK(""x"")",-15',
    "'-1+1,-4",
  ]);
});
