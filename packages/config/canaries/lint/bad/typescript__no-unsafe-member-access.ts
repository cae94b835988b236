export const nameOf = (text: string): unknown => JSON.parse(text).name;
