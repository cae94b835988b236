export async function work(): Promise<void> {
  await Promise.resolve(1);
}
