export const first = (list: any[]): unknown => list[0];
