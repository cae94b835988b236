export const name: string | null = null;
