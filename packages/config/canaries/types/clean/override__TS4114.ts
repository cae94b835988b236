class Base {
  name(): string {
    return 'base';
  }
}

export class Child extends Base {
  override name(): string {
    return 'child';
  }
}
