// TODO: make this two
export const one = 1;
