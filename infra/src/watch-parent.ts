// Preloaded (`node --import`) into every Node process the starter runs. When the starter is gone, even by kill -9, the
// IPC channel closes and the process leaves as if it had been asked to.
const LEAVE_WITHIN_MS = 15_000;

if (process.channel) {
  // The starter's channel alone must not keep a process alive that has nothing left to do.
  process.channel.unref();
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), LEAVE_WITHIN_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
}
