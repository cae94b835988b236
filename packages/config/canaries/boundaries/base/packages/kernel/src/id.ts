export type Id = string;
export const newId = (): Id => crypto.randomUUID();
