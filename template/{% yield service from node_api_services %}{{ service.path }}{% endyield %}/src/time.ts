/** Return what the promise does, or throw a TimeoutError where that takes longer. */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    timer.reject(new DOMException(`no answer in ${ms} ms`, "TimeoutError"));
  }, ms);
  try {
    return await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
