export const name = 'keys';
