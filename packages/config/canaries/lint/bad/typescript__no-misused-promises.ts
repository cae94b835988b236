export function work(names: string[]): void {
  names.forEach(async (name) => {
    await Promise.resolve(name);
  });
}
