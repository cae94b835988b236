export function hello(): void {
  console.log('hello');
}
