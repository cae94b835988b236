import type { CatalogueFile } from '../../src/catalogue/model.ts';

/** The file's text: one source, maker and model a line, so that a refresh is read as a diff. */
export function written(file: CatalogueFile): string {
  const lines = (items: readonly unknown[]): string => items.map((item) => JSON.stringify(item)).join(',\n');
  return `{"currency":${JSON.stringify(file.currency)},
"sources":[
${lines(file.sources)}
],"makers":[
${lines(file.makers)}
],"models":[
${lines(file.models)}
]}
`;
}
