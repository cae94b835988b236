export const first = (list: readonly string[]): string | undefined => list[0];
