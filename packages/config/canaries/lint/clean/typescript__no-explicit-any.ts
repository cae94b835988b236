export const first = (list: unknown[]): unknown => list[0];
