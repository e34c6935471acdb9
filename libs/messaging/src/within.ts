/** Rejects with `complaint` if `work` takes longer; what it still does goes on. */
export const within = async (
  ms: number,
  work: Promise<void>,
  complaint = 'no answer came in time',
): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
};
