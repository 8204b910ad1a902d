// Measures the CPU time of all threads of another process. Works only on Linux; elsewhere only elapsed time is available.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const COUNTED = existsSync('/proc/self/schedstat');

/**
 * Returns the CPU time in milliseconds, to the microsecond (/proc/<pid>/stat has only ticks of 10 ms), or undefined.
 */
export function cpuOf(pid) {
  if (!COUNTED) return undefined;
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + cpuOfTask(`/proc/${pid}/task/${task}`), 0);
}

/** The same for the main thread alone, which runs the JavaScript of Node and workerd. */
export function cpuOfMainThread(pid) {
  return COUNTED ? cpuOfTask(`/proc/${pid}/task/${pid}`) : undefined;
}

function cpuOfTask(task) {
  try {
    return Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return 0; // the thread ended meanwhile
    throw error;
  }
}

/** Runs an action and measures the time that another process spends on it. */
export async function measured(pid, action) {
  const before = cpuOf(pid);
  const start = performance.now();
  await action();
  const wall = performance.now() - start;
  return { wall, cpu: before === undefined ? undefined : cpuOf(pid) - before };
}
