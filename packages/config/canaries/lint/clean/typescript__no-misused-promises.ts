export async function work(names: string[]): Promise<void> {
  for (const name of names) await Promise.resolve(name);
}
