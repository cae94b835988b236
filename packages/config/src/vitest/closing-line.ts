import type { Reporter, TestModule } from 'vitest/node';

/** Prints, when all is over, one line of the form `12 passed, 0 failed, 1 skipped`; a file that broke counts as failed. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const file of modules) {
      const tests = [...file.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
      }
      if (file.state() === 'failed' && tests.every((test) => test.result().state !== 'failed')) count.failed += 1;
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
