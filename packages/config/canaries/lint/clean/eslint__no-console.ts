export function hello(): void {
  process.stdout.write('hello');
}
