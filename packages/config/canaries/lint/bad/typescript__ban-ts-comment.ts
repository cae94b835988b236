// @ts-ignore
export const one: number = 1;
