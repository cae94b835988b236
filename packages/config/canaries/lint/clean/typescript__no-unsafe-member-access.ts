export const nameOf = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
};
