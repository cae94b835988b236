export async function work(): Promise<void> {
  Promise.resolve(1);
  await Promise.resolve();
}
