// One, because two is taken.
export const one = 1;
