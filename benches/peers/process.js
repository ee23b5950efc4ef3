// The agreement of a server with nano-bench, which starts it.

/** Tells nano-bench where the server listens. */
export function announce(port) {
  console.log(`127.0.0.1:${port}`);
}

/** Ends the process when its standard input closes: when nano-bench is gone. */
export function endWithParent() {
  process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
}
